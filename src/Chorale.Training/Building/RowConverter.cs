using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>Makes Harmony messages of rows. Keeps what most rows share: tools and system messages. Not for several threads at once.</summary>
sealed class RowConverter(DatasetOptions options)
{
    const int MostKept = 256;

    readonly Dictionary<string, ToolNamespace> _tools = new(StringComparer.Ordinal);
    readonly Dictionary<(string? Identity, ReasoningEffort? Effort, string Tools, DateOnly? Date), Message> _systems = [];

    /// <summary>The messages of a row, and where it comes to lie.</summary>
    public List<LearntMessage> Convert(Row row, HistoryRepairs repairs, out double place)
    {
        List<LearntMessage> messages = [];
        if (row.Messages is { } ready)
        {
            foreach (Message message in ready)
                messages.Add(new(message, IsTrained: true));
            place = PlaceOf(messages, out _);
            return messages;
        }
        History history = row.History!;
        ConversionOptions conversion = ConversionOf(row.Form);
        messages.Add(default);
        HistoryConverter.AppendMessages(history, conversion, messages, repairs, ToolsOf(history.Tools));
        place = PlaceOf(messages, out ulong hash);
        messages[0] = new(SystemOf(history, DateOf(history, hash)), IsTrained: false);
        return messages;
    }

    /// <summary>The dictionaries of a row, for a template.</summary>
    public History ToHistory(Row row, HistoryRepairs repairs, out double place, out DateOnly? date)
    {
        List<LearntMessage> messages = Convert(row, repairs, out place);
        _ = PlaceOf(messages, out ulong hash);
        History history = row.History ?? HistoryConverter.FromConversation(Conversation.Of(row.Messages!), repairs);
        date = DateOf(history, hash);
        return history;
    }

    DateOnly? DateOf(History history, ulong hash) => history.Date ?? options.Dates?.Of(hash);

    ConversionOptions ConversionOf(RowForm form)
    {
        ContentBesideCalls meaning = options.ContentBesideCalls ?? (form == RowForm.OpenAI ? ContentBesideCalls.Preamble : ContentBesideCalls.Reasoning);
        return options.Conversion.ContentBesideCalls == meaning ? options.Conversion : options.Conversion with { ContentBesideCalls = meaning };
    }

    ToolNamespace? ToolsOf(string? json)
    {
        if (json is null)
            return null;
        if (_tools.TryGetValue(json, out ToolNamespace? known))
            return known;
        ToolNamespace read = HistoryConverter.ReadTools(json);
        if (_tools.Count < MostKept)
            _tools[json] = read;
        return read;
    }

    Message SystemOf(History history, DateOnly? date)
    {
        (string?, ReasoningEffort?, string, DateOnly?) key = (history.ModelIdentity, history.ReasoningEffort, string.Join(',', history.BuiltinTools), date);
        if (_systems.TryGetValue(key, out Message? known))
            return known;
        Message made = HistoryConverter.SystemOf(history, date);
        if (_systems.Count < MostKept)
            _systems[key] = made;
        return made;
    }

    /// <summary>A place in [0, 1) that hangs on the first question, and a hash of the whole conversation but for its system message.</summary>
    static double PlaceOf(List<LearntMessage> messages, out ulong hash)
    {
        StableHash whole = StableHash.Create();
        double? place = null;
        foreach ((Message? message, _) in messages)
        {
            if (message is null or { Role: Role.System })
                continue;
            whole.Add((int)message.Role);
            whole.AddOptional(message.Recipient);
            whole.AddOptional(message.Channel);
            if (message.Content is [DeveloperContent developer])
                whole.AddOptional(developer.Instructions);
            else
                whole.Add(message.Text);
            if (place is not null || message.Role != Role.User)
                continue;
            StableHash question = StableHash.Create();
            question.Add(message.Text);
            place = question.Share;
        }
        hash = whole.Second;
        return place ?? whole.Share;
    }
}
