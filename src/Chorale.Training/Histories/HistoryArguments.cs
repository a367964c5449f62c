using System.Globalization;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>Collects the arguments of a template: those that Harmony's system message knows, and others.</summary>
sealed class HistoryArguments
{
    static readonly string[] Efforts = ["low", "medium", "high"];

    readonly List<KeyValuePair<string, string>> _others = [];
    string? _identity;
    ReasoningEffort? _effort;
    List<string> _builtinTools = [];
    DateOnly? _date;

    public void ReadAll(JsonElement arguments, string path)
    {
        if (arguments.ValueKind == JsonValueKind.String)
        {
            using JsonDocument parsed = HistoryReader.Parse(JsonText.String(arguments, path), path);
            ReadAll(parsed.RootElement, path);
            return;
        }
        if (arguments.ValueKind != JsonValueKind.Object)
            throw JsonText.Wrong(arguments, path, "an object");
        foreach (JsonProperty argument in arguments.EnumerateObject())
            if (argument.Value.ValueKind != JsonValueKind.Null)
                Read(argument.Name, argument.Value, $"{path}.{argument.Name}");
    }

    public void Read(string name, JsonElement value, string path)
    {
        switch (name)
        {
            case "model_identity":
                _identity = JsonText.String(value, path);
                break;
            case "reasoning_effort":
                _effort = EffortOf(JsonText.String(value, path), path);
                break;
            case "builtin_tools":
                _builtinTools = BuiltinTools(value, path);
                break;
            case "date":
                _date = DateOnly.TryParseExact(JsonText.String(value, path), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
                    ? date
                    : throw new HistoryFormatException(path, $"found {Printable.Quote(value.GetString())}, expected yyyy-MM-dd");
                break;
            default:
                _others.Add(new(name, value.GetRawText()));
                break;
        }
    }

    public static ReasoningEffort EffortOf(string name, string path) => Array.IndexOf(Efforts, name) is var index and >= 0
        ? (ReasoningEffort)index
        : throw new HistoryFormatException(path, $"found {Printable.Quote(name)}, expected low, medium or high");

    public static string NameOf(ReasoningEffort effort) => Efforts[(int)effort];

    public History ToHistory(string? tools) => new()
    {
        Tools = tools,
        BuiltinTools = _builtinTools,
        ModelIdentity = _identity,
        ReasoningEffort = _effort,
        Date = _date,
        Arguments = _others,
    };

    /// <summary>The template ignores what it does not know, and so does this.</summary>
    static List<string> BuiltinTools(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw JsonText.Wrong(value, path, "a list of \"browser\" and \"python\"");
        List<string> names = [];
        foreach (JsonElement tool in value.EnumerateArray())
            if (tool.ValueKind == JsonValueKind.String && JsonText.String(tool, path) is "browser" or "python" && !names.Contains(tool.GetString()!))
                names.Add(tool.GetString()!);
        return names;
    }
}
