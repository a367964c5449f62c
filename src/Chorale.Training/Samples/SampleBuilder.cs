using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>
/// Cuts a conversation into samples, one for each turn of the assistant's: all turns up to it, the earlier ones without reasoning, and only its own messages learnt. That
/// is how gpt-oss has seen conversations: reasoning is there for the turn that goes on, and gone afterwards.
/// </summary>
/// <remarks>
/// A turn is what stands between two user messages. Learnt is what the model writes itself: from behind <c>&lt;|start|&gt;assistant</c>, which the prompt gives, to the terminator; behind an
/// <c>&lt;|end|&gt;</c> of its own also the next <c>&lt;|start|&gt;assistant</c>. Tools' results never are. The last answer ends in <c>&lt;|return|&gt;</c>. Not for several threads at once.
/// </remarks>
public sealed class SampleBuilder
{
    const int MostSystemsKept = 256;

    readonly HarmonyEncoding _encoding;
    readonly SampleOptions _options;
    readonly IdBuffer _ids = new();
    readonly List<Part> _parts = [];
    readonly Dictionary<Message, int[]> _systems = new(ReferenceEqualityComparer.Instance);
    readonly int _promptLength;
    readonly int _return;
    readonly int _end;
    readonly int _call;
    bool _hasFunctionTools;

    /// <summary>A builder.</summary>
    /// <param name="encoding">Null is gpt-oss's.</param>
    /// <param name="options">Null is <see cref="SampleOptions.Default"/>.</param>
    public SampleBuilder(HarmonyEncoding? encoding = null, SampleOptions? options = null)
    {
        _encoding = encoding ?? HarmonyEncoding.Default;
        _options = options ?? SampleOptions.Default;
        _promptLength = _encoding.RenderForCompletion(new Conversation()).Length;
        _return = Special("<|return|>");
        _end = Special("<|end|>");
        _call = Special("<|call|>");
    }

    /// <summary>The samples of a conversation in order.</summary>
    /// <exception cref="HarmonyRenderException">A message has no rendered form.</exception>
    public IReadOnlyList<TrainingSample> Build(Conversation conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        List<TrainingSample> samples = [];
        Build([.. conversation.Messages.Select(message => new LearntMessage(message, IsTrained: true))], samples, []);
        return samples;
    }

    /// <summary>The samples of a conversation, and why other turns give none.</summary>
    internal void Build(IReadOnlyList<LearntMessage> messages, List<TrainingSample> samples, List<DropReason> dropped)
    {
        Render(messages);
        int lastTurn = _parts.Count == 0 ? -1 : _parts[^1].Turn;
        for (int turn = 0; turn <= lastTurn; turn++)
        {
            if (!_parts.Exists(part => part.Turn == turn && part.IsAssistant) || (_options.LastTurnOnly && HasLaterTurn(turn)))
                continue;
            if (Assemble(turn, out DropReason reason) is { } sample)
                samples.Add(sample);
            else
                dropped.Add(reason);
        }
    }

    bool HasLaterTurn(int turn) => _parts.Exists(part => part.Turn > turn && part.IsAssistant);

    int Special(string name) => _encoding.Tokenizer.TryGetSpecial(name, out int id) ? id : throw new InvalidOperationException($"The vocabulary has no {name}.");

    /// <summary>Renders every message once; samples are put together of these.</summary>
    void Render(IReadOnlyList<LearntMessage> messages)
    {
        _ids.Clear();
        _parts.Clear();
        _hasFunctionTools = messages.Any(HasFunctionTools);
        int turn = 0;
        for (int i = 0; i < messages.Count; i++)
        {
            Message message = messages[i].Message;
            if (message.Role == Role.User)
                turn++;
            int start = _ids.Count;
            if (message.Content is [SystemContent])
                AppendSystem(message);
            else
                _encoding.RenderMessage(message, _hasFunctionTools, _options.Schemas, _ids);
            _parts.Add(new(message, turn, start, _ids.Count - start, messages[i].IsTrained && message.Role == Role.Assistant));
        }
    }

    static bool HasFunctionTools(LearntMessage message) => message.Message.Role == Role.Developer
        && message.Message.Content.Any(part => part is DeveloperContent { Tools: { } tools } && tools.TryGetValue("functions", out ToolNamespace? functions) && functions.Tools.Count > 0);

    /// <summary>System messages are mostly the same one.</summary>
    void AppendSystem(Message message)
    {
        if (!_hasFunctionTools && _systems.TryGetValue(message, out int[]? known))
        {
            known.CopyTo(_ids.GetSpan(known.Length));
            _ids.Advance(known.Length);
            return;
        }
        int start = _ids.Count;
        _encoding.RenderMessage(message, _hasFunctionTools, _options.Schemas, _ids);
        if (!_hasFunctionTools && _systems.Count < MostSystemsKept)
            _systems[message] = _ids.Written[start..].ToArray();
    }

    TrainingSample? Assemble(int turn, out DropReason reason)
    {
        int last = _parts.FindLastIndex(part => part.Turn == turn && part.IsAssistant);
        List<SampleFinding> findings = [];
        int firstTurn = 1;
        if (_options.MaxTokens is { } limit)
        {
            reason = DropReason.TooLong;
            while (LengthOf(turn, firstTurn, last) > limit)
            {
                if (_options.Limit == LengthLimit.Drop || firstTurn >= turn)
                    return null;
                firstTurn++;
            }
            if (firstTurn > 1)
                findings.Add(SampleFinding.TurnsLeftOut);
        }
        int[] ids = new int[LengthOf(turn, firstTurn, last)];
        List<TokenRun> trained = [];
        List<Message> messages = [];
        TrainedCounts counts = default;
        int at = 0;
        bool isWrittenByModel = false;   // the message before ends in the model's own <|end|>
        for (int i = 0; i <= last; i++)
        {
            Part part = _parts[i];
            if (!IsIn(part, turn, firstTurn))
                continue;
            _ids.Written.Slice(part.Start, part.Length).CopyTo(ids.AsSpan(at));
            if (part.Turn == turn && part.IsAssistant && part.IsTrained && _options.Learn.Holds(part.Message))
            {
                int start = isWrittenByModel ? at : at + _promptLength;
                Add(trained, start, at + part.Length);
                counts = Count(counts, part.Message, at + part.Length - start);
            }
            at += part.Length;
            isWrittenByModel = part.IsAssistant && part.Message.Recipient is null;
            messages.Add(part.Message);
        }
        Part end = _parts[last];
        if (end.Message is { Channel: Channels.Final, Recipient: null })
            ids[^1] = _return;
        else
            findings.Add(SampleFinding.NoFinal);
        Check(messages, findings);
        reason = trained.Count == 0 ? DropReason.NothingLearnt : DropReason.NotTerminated;
        return trained.Count > 0 && trained.TrueForAll(run => IsTerminator(ids[run.End - 1])) ? new(ids, trained, turn, messages, findings, counts) : null;
    }

    bool IsTerminator(int id) => id == _end || id == _return || id == _call;

    int LengthOf(int turn, int firstTurn, int last)
    {
        int length = 0;
        for (int i = 0; i <= last; i++)
            length += IsIn(_parts[i], turn, firstTurn) ? _parts[i].Length : 0;
        return length;
    }

    /// <summary>Whether a message belongs to the sample of a turn: reasoning only to its own.</summary>
    static bool IsIn(in Part part, int turn, int firstTurn) =>
        part.Turn <= turn && (part.Turn >= firstTurn || part.Turn == turn || part.Turn == 0) && (part.Turn == turn || part.Message.Channel != Channels.Analysis);

    static void Add(List<TokenRun> runs, int start, int end)
    {
        if (runs.Count > 0 && runs[^1].End == start)
            runs[^1] = new(runs[^1].Start, end - runs[^1].Start);
        else
            runs.Add(new(start, end - start));
    }

    static TrainedCounts Count(TrainedCounts counts, Message message, int ids) => message switch
    {
        { Recipient: not null } => counts with { Calls = counts.Calls + ids },
        { Channel: Channels.Analysis } => counts with { Analysis = counts.Analysis + ids },
        { Channel: Channels.Commentary } => counts with { Preambles = counts.Preambles + ids },
        _ => counts with { Final = counts.Final + ids },
    };

    static void Check(List<Message> messages, List<SampleFinding> findings)
    {
        bool hasMarker = false, hasEmptyThinking = false;
        foreach (Message message in messages)
        {
            for (int i = 0; i < message.Content.Count && !hasMarker; i++)
                hasMarker = message.Content[i] switch
                {
                    TextContent text => MarkerScan.Holds(text.Text),
                    DeveloperContent { Instructions: { } instructions } => MarkerScan.Holds(instructions),
                    _ => false,
                };
            hasEmptyThinking |= message is { Role: Role.Assistant, Channel: Channels.Analysis, Recipient: null } && string.IsNullOrWhiteSpace(message.Text);
        }
        if (hasMarker)
            findings.Add(SampleFinding.MarkerInContent);
        if (hasEmptyThinking)
            findings.Add(SampleFinding.EmptyThinking);
    }

    /// <summary>A message among the rendered ids.</summary>
    readonly record struct Part(Message Message, int Turn, int Start, int Length, bool IsTrained)
    {
        public bool IsAssistant => Message.Role == Role.Assistant;
    }
}
