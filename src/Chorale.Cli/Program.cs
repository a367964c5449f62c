using Chorale.Cli;

using CliHost host = CliHost.ForConsole();
return await ChoraleProgram.RunAsync(args, host);
