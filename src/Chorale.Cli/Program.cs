using Chorale.Cli;

using CliHost host = CliHost.ForConsole();
return await ChoraleProgram.RunAsync(args, host);

/// <summary>Said here, so that ASP.NET Core does not make it public.</summary>
sealed partial class Program
{
    Program()
    {
    }
}
