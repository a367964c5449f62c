using System.CommandLine;

namespace Chorale.Cli;

/// <summary><c>chorale schema</c>: what becomes of JSON Schemas.</summary>
static class SchemaCommand
{
    public static Command Create(CliHost host) => new("schema", "See what JSON Schemas enforce.") { SchemaCheckCommand.Create(host) };
}
