using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Chorale.Agents;

namespace Chorale.Cli;

/// <summary>Reads a file of tools: <c>{"tools":[{"name","description","parameters","command":[…]}]}</c>. Whatever is wrong with it is said with its place before anything is asked of a model.</summary>
static partial class CommandToolFile
{
    const int MaxTools = 512;

    const double MaxSeconds = 86_400;

    static readonly string[] Properties = ["name", "namespace", "description", "parameters", "command", "stdin", "timeout", "directory", "environment"];

    static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 128 };

    /// <summary>Reads a file.</summary>
    /// <exception cref="CliException">It says something that cannot be; the message names file and place.</exception>
    public static async Task<IReadOnlyList<AgentTools>> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        string text = await File.ReadAllTextAsync(file.FullName, cancellationToken);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Options);
            return Group(ReadTools(document.RootElement, file.DirectoryName ?? "."));
        }
        catch (JsonException e)
        {
            throw new CliException($"'{file}' is not JSON: {e.Message}");
        }
        catch (InvalidOperationException e)
        {
            throw new CliException($"'{file}' is not Unicode: {e.Message}");
        }
        catch (FormatException e)
        {
            throw new CliException($"'{file}' cannot be read at {e.Message}.");
        }
    }

    static List<AgentTools> Group(List<CommandToolSettings> tools)
    {
        List<AgentTools> namespaces = [];
        foreach (IGrouping<string, CommandToolSettings> group in tools.GroupBy(tool => tool.Namespace, StringComparer.Ordinal))
            namespaces.Add(new(group.Key, [.. group.Select(tool => new CommandTool(tool))]));
        return namespaces;
    }

    static List<CommandToolSettings> ReadTools(JsonElement root, string directory)
    {
        (JsonElement list, string path) = root.ValueKind == JsonValueKind.Object ? (Only(root, "tools"), "$.tools") : (root, "$");
        if (list.ValueKind != JsonValueKind.Array)
            throw Wrong(path, list, "a list of tools");
        if (list.GetArrayLength() is 0 or > MaxTools)
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path}: found {list.GetArrayLength()} tools, expected from 1 to {MaxTools}"));
        List<CommandToolSettings> tools = [];
        foreach (JsonElement tool in list.EnumerateArray())
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"{path}[{tools.Count}]");
            CommandToolSettings read = ReadTool(tool, place, directory);
            if (tools.Exists(other => other.Name == read.Name && other.Namespace == read.Namespace))
                throw new FormatException($"{place}.name: another tool is called '{read.Name}'");
            tools.Add(read);
        }
        return tools;
    }

    static JsonElement Only(JsonElement root, string name)
    {
        foreach (JsonProperty property in root.EnumerateObject().Where(property => !property.NameEquals(name) && !property.NameEquals("$schema")))
            throw new FormatException($"$: found '{property.Name}', expected 'tools'");
        return root.TryGetProperty(name, out JsonElement value) ? value : throw new FormatException($"$: found nothing, expected '{name}'");
    }

    static CommandToolSettings ReadTool(JsonElement tool, string path, string directory)
    {
        if (tool.ValueKind != JsonValueKind.Object)
            throw Wrong(path, tool, "a tool");
        foreach (JsonProperty property in tool.EnumerateObject().Where(property => !Properties.Contains(property.Name)))
            throw new FormatException($"{path}: found '{property.Name}', expected one of {string.Join(", ", Properties)}");
        JsonElement parameters = Parameters(tool, path);
        CommandTemplate command = Command(tool, path, directory);
        foreach (string name in command.Placeholders.Where(name => !IsDeclared(parameters, name)))
            throw new FormatException($"{path}.command: found {{{name}}}, which 'parameters' do not declare");
        return new()
        {
            Name = NameOf(tool, "name", path) ?? throw new FormatException($"{path}: found nothing, expected 'name'"),
            Namespace = NameOf(tool, "namespace", path) ?? "functions",
            Description = Text(tool, "description", path) ?? "",
            Parameters = parameters,
            Command = command,
            PassesArguments = Text(tool, "stdin", path) switch
            {
                null => !command.Placeholders.Any() && HasProperties(parameters),
                "arguments" => true,
                "none" => false,
                var other => throw new FormatException($"{path}.stdin: found \"{other}\", expected \"arguments\" or \"none\""),
            },
            Timeout = Timeout(tool, path),
            Directory = Text(tool, "directory", path) is { } folder ? Directory(Path.GetFullPath(folder, directory), path) : null,
            Environment = Environment(tool, path),
        };
    }

    static JsonElement Parameters(JsonElement tool, string path)
    {
        if (!tool.TryGetProperty("parameters", out JsonElement parameters))
        {
            using JsonDocument none = JsonDocument.Parse("""{"type":"object","properties":{}}""");
            return none.RootElement.Clone();
        }
        return parameters.ValueKind == JsonValueKind.Object ? parameters.Clone() : throw Wrong($"{path}.parameters", parameters, "a JSON Schema");
    }

    static CommandTemplate Command(JsonElement tool, string path, string directory)
    {
        path += ".command";
        if (!tool.TryGetProperty("command", out JsonElement command))
            throw new FormatException($"{path}: found nothing, expected a list: the program and its arguments");
        if (command.ValueKind != JsonValueKind.Array || command.GetArrayLength() == 0)
            throw Wrong(path, command, "a list: the program and its arguments. There is no shell");
        List<IReadOnlyList<string>> groups = [];
        foreach (JsonElement word in command.EnumerateArray())
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"{path}[{groups.Count}]");
            groups.Add(word.ValueKind switch
            {
                JsonValueKind.String => [word.GetString()!],
                JsonValueKind.Array when word.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String) => [.. word.EnumerateArray().Select(one => one.GetString()!)],
                _ => throw Wrong(place, word, "a word, or a list of words that stand together"),
            });
        }
        if (groups[0] is not [{ Length: > 0 } program] || program.Contains('{', StringComparison.Ordinal))
            throw Wrong($"{path}[0]", command[0], "the name or path of a program, without placeholders");
        string found = ProgramFinder.Find(program, directory) ?? throw new FormatException($"{path}[0]: there is no program '{program}' that could be run");
        try
        {
            return new(found, groups.Skip(1));
        }
        catch (FormatException e)
        {
            throw new FormatException($"{path}: {e.Message}", e);
        }
    }

    static bool IsDeclared(JsonElement parameters, string name) => parameters.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(name, out _);

    static bool HasProperties(JsonElement parameters) => parameters.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object && properties.EnumerateObject().Any();

    static TimeSpan? Timeout(JsonElement tool, string path)
    {
        if (!tool.TryGetProperty("timeout", out JsonElement timeout))
            return null;
        return timeout.ValueKind == JsonValueKind.Number && timeout.TryGetDouble(out double seconds) && seconds is > 0 and <= MaxSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw Wrong($"{path}.timeout", timeout, "seconds, more than 0 and at most 86400");
    }

    static string Directory(string folder, string path) => System.IO.Directory.Exists(folder) ? folder : throw new FormatException($"{path}.directory: there is no folder '{folder}'");

    static Dictionary<string, string> Environment(JsonElement tool, string path)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        if (!tool.TryGetProperty("environment", out JsonElement environment))
            return variables;
        if (environment.ValueKind != JsonValueKind.Object)
            throw Wrong($"{path}.environment", environment, "an object of texts");
        foreach (JsonProperty variable in environment.EnumerateObject())
        {
            variables[variable.Name] = variable is { Value.ValueKind: JsonValueKind.String, Name.Length: > 0 } && !variable.Name.Contains('=', StringComparison.Ordinal)
                ? variable.Value.GetString()!
                : throw Wrong($"{path}.environment.{variable.Name}", variable.Value, "a text");
        }
        return variables;
    }

    static string? NameOf(JsonElement tool, string property, string path) =>
        Text(tool, property, path) is not { } name ? null
        : ToolName.IsMatch(name) ? name
        : throw new FormatException($"{path}.{property}: found '{name}', expected letters, digits, _ and -, at most 64");

    static string? Text(JsonElement tool, string name, string path) =>
        !tool.TryGetProperty(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong($"{path}.{name}", value, "a text");

    static FormatException Wrong(string path, JsonElement found, string expected)
    {
        string text = found.GetRawText();
        return new($"{path}: found {(text.Length <= 40 ? text : text[..40] + "…")}, expected {expected}");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.NonBacktracking)]
    static partial Regex ToolName { get; }
}
