using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Chorale.Agents;
using Microsoft.Extensions.AI;

namespace Chorale.Cli;

/// <summary>A function whose calls run a program. What the program prints is the result; where it fails, its exit code and what it printed.</summary>
sealed class CommandTool : AIFunction
{
    /// <summary>So many characters of each stream are kept; the rest is read and forgotten, so that the program does not wait for a reader.</summary>
    const int MaxOutput = 1 << 20;

    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    readonly CommandToolSettings _settings;

    public CommandTool(CommandToolSettings settings)
    {
        _settings = settings;
        Dictionary<string, object?> properties = new(StringComparer.Ordinal);
        if (settings.Timeout is { } timeout)
            properties[ToolRunner.TimeoutKey] = timeout;
        AdditionalProperties = properties;
    }

    public override string Name => _settings.Name;

    public override string Description => _settings.Description;

    public override JsonElement JsonSchema => _settings.Parameters;

    public override IReadOnlyDictionary<string, object?> AdditionalProperties { get; }

    /// <summary>What a call would run, for who approves it; null where the arguments make no command line.</summary>
    public IReadOnlyList<string>? CommandLine(string arguments)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments);
            return _settings.Command.Fill(Members(document.RootElement));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        Dictionary<string, JsonElement> given = arguments.Where(argument => argument.Value is JsonElement).ToDictionary(argument => argument.Key, argument => (JsonElement)argument.Value!, StringComparer.Ordinal);
        using Process process = Start(_settings.Command.Fill(given));
        try
        {
            Task<string> output = ReadAsync(process.StandardOutput, cancellationToken), error = ReadAsync(process.StandardError, cancellationToken);
            await WriteAsync(process, given, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return Result(process.ExitCode, (await output).TrimEnd(), (await error).TrimEnd());
        }
        finally
        {
            Kill(process);
        }
    }

    Process Start(IReadOnlyList<string> line)
    {
        ProcessStartInfo start = new(line[0])
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
            WorkingDirectory = _settings.Directory ?? "",
        };
        foreach (string argument in line.Skip(1))
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in _settings.Environment)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new CliException($"'{line[0]}' cannot be run: {e.Message}");
        }
    }

    async Task WriteAsync(Process process, Dictionary<string, JsonElement> arguments, CancellationToken cancellationToken)
    {
        try
        {
            if (_settings.PassesArguments)
                await process.StandardInput.WriteAsync(JsonOf(arguments).AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it does not read; what it prints counts all the same
        }
    }

    static string JsonOf(Dictionary<string, JsonElement> arguments) => Chat.ToolDeclaration.ResultText(ToElement(arguments));

    static JsonElement ToElement(Dictionary<string, JsonElement> arguments)
    {
        System.Buffers.ArrayBufferWriter<byte> written = new();
        using (Utf8JsonWriter writer = new(written))
        {
            writer.WriteStartObject();
            foreach ((string name, JsonElement value) in arguments)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        using JsonDocument document = JsonDocument.Parse(written.WrittenMemory);
        return document.RootElement.Clone();
    }

    static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        char[] buffer = new char[4096];
        while (await reader.ReadAsync(buffer, cancellationToken) is > 0 and int read)
            text.Append(buffer, 0, Math.Min(read, MaxOutput - text.Length));
        return text.ToString();
    }

    static string Result(int exitCode, string output, string error)
    {
        string both = string.Join('\n', new[] { output, error }.Where(text => text.Length > 0));
        return exitCode != 0 ? throw new CliException(string.Create(CultureInfo.InvariantCulture, $"exit code {exitCode}{(both.Length > 0 ? "\n" : "")}{both}"))
            : output.Length > 0 ? output
            : both;
    }

    static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException or AggregateException)
        {
            // it has ended meanwhile, or cannot be ended
        }
    }

    static Dictionary<string, JsonElement> Members(JsonElement arguments) =>
        arguments.EnumerateObject().GroupBy(property => property.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
}
