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
    const long MostIds = 32 << 20;

    readonly HarmonyEncoding _encoding;
    readonly SampleOptions _options;
    readonly IdBuffer _ids = new();
    readonly List<Part> _parts = [];
    readonly List<Turn> _turns = [];
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
    /// <exception cref="HistoryFormatException">The samples would have too many ids together.</exception>
    internal void Build(IReadOnlyList<LearntMessage> messages, List<TrainingSample> samples, List<DropReason> dropped)
    {
        Render(messages);
        int start = _options.LastTurnOnly ? LastAnswered() : 0;
        long total = 0;
        for (int turn = start; turn < _turns.Count; turn++)
            if (_turns[turn].LastAnswer >= 0 && FirstTurnOf(turn) is var first and >= 0)
                total += LengthOf(turn, first);
        if (total > MostIds)
            throw new HistoryFormatException("", $"a conversation of {_turns.Count - 1} turns whose samples have more than {MostIds >> 20} million ids together; the last turn alone or a limit of length would do");
        for (int turn = start; turn < _turns.Count; turn++)
        {
            if (_turns[turn].LastAnswer < 0)
                continue;
            int firstTurn = FirstTurnOf(turn);
            if (firstTurn < 0)
                dropped.Add(DropReason.TooLong);
            else if (Assemble(turn, firstTurn, out DropReason reason) is { } sample)
                samples.Add(sample);
            else
                dropped.Add(reason);
        }
    }

    int LastAnswered() => Math.Max(0, _turns.FindLastIndex(turn => turn.LastAnswer >= 0));

    int Special(string name) => _encoding.Tokenizer.TryGetSpecial(name, out int id) ? id : throw new InvalidOperationException($"The vocabulary has no {name}.");

    /// <summary>Renders every message once; samples are put together of these.</summary>
    void Render(IReadOnlyList<LearntMessage> messages)
    {
        _ids.Clear();
        _parts.Clear();
        _turns.Clear();
        _hasFunctionTools = messages.Any(HasFunctionTools);
        Turn turn = new(First: 0, Start: 0, Lasting: 0, ToAnswer: 0, LastAnswer: -1);
        int own = 0;   // ids of this turn so far, its reasoning included
        for (int i = 0; i < messages.Count; i++)
        {
            Message message = messages[i].Message;
            if (message.Role == Role.User)
            {
                _turns.Add(turn);
                turn = new(First: i, turn.Start + turn.Lasting, Lasting: 0, ToAnswer: 0, LastAnswer: -1);
                own = 0;
            }
            int start = _ids.Count;
            if (message.Content is [SystemContent])
                AppendSystem(message);
            else
                _encoding.RenderMessage(message, _hasFunctionTools, _options.Schemas, _ids);
            Part part = new(message, start, _ids.Count - start, messages[i].IsTrained && message.Role == Role.Assistant, SpellsMarker(message));
            _parts.Add(part);
            own += part.Length;
            turn = turn with
            {
                Lasting = turn.Lasting + (part.IsReasoning ? 0 : part.Length),
                ToAnswer = part.IsAssistant ? own : turn.ToAnswer,
                LastAnswer = part.IsAssistant ? i : turn.LastAnswer,
            };
        }
        _turns.Add(turn);
    }

    /// <summary>The first of the earlier turns that the length leaves room for: 1 is all, the turn itself is none; -1 where it is too long alone.</summary>
    int FirstTurnOf(int turn)
    {
        int least = Math.Min(1, turn);
        if (_options.MaxTokens is not { } limit || LengthOf(turn, least) <= limit)
            return least;
        if (_options.Limit == LengthLimit.Drop || LengthOf(turn, turn) > limit)
            return -1;
        int low = least + 1, high = turn;   // the more is left out, the shorter it is
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (LengthOf(turn, middle) <= limit)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    /// <summary>What stands before the first question, the earlier turns from one on without reasoning, and the turn up to its last answer.</summary>
    int LengthOf(int turn, int firstTurn) =>
        (turn > 0 ? _turns[0].Lasting : 0) + (_turns[turn].Start - _turns[firstTurn].Start) + _turns[turn].ToAnswer;

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

    TrainingSample? Assemble(int turn, int firstTurn, out DropReason reason)
    {
        int last = _turns[turn].LastAnswer;
        int[] ids = new int[LengthOf(turn, firstTurn)];
        Sample sample = new();
        int at = 0;
        if (turn > 0)
            at = AppendAll(0, _turns[1].First, isOwn: false, ids, at, sample);
        if (firstTurn < turn)
            at = AppendAll(_turns[firstTurn].First, _turns[turn].First, isOwn: false, ids, at, sample);
        AppendAll(_turns[turn].First, last + 1, isOwn: true, ids, at, sample);
        List<SampleFinding> findings = [];
        if (firstTurn > 1)
            findings.Add(SampleFinding.TurnsLeftOut);
        if (_parts[last].Message is { Channel: Channels.Final, Recipient: null })
            ids[^1] = _return;
        else
            findings.Add(SampleFinding.NoFinal);
        if (sample.SpellsMarker)
            findings.Add(SampleFinding.MarkerInContent);
        if (sample.HasEmptyThinking)
            findings.Add(SampleFinding.EmptyThinking);
        reason = sample.Trained.Count == 0 ? DropReason.NothingLearnt : DropReason.NotTerminated;
        return sample.Trained.Count > 0 && sample.Trained.TrueForAll(run => IsTerminator(ids[run.End - 1])) ? new(ids, sample.Trained, turn, sample.Messages, findings, sample.Counts) : null;
    }

    int AppendAll(int start, int end, bool isOwn, int[] ids, int at, Sample sample)
    {
        for (int i = start; i < end; i++)
        {
            Part part = _parts[i];
            if (!isOwn && part.IsReasoning)
                continue;
            _ids.Written.Slice(part.Start, part.Length).CopyTo(ids.AsSpan(at));
            if (isOwn && part.IsTrained && _options.Learn.Holds(part.Message))
            {
                int learnt = sample.IsWrittenByModel ? at : at + _promptLength;
                Add(sample.Trained, learnt, at + part.Length);
                sample.Counts = Count(sample.Counts, part.Message, at + part.Length - learnt);
            }
            at += part.Length;
            sample.IsWrittenByModel = part.IsAssistant && part.Message.Recipient is null;
            sample.SpellsMarker |= part.SpellsMarker;
            sample.HasEmptyThinking |= part.IsAssistant && part.IsReasoning && part.Message.Recipient is null && string.IsNullOrWhiteSpace(part.Message.Text);
            sample.Messages.Add(part.Message);
        }
        return at;
    }

    bool IsTerminator(int id) => id == _end || id == _return || id == _call;

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

    static bool SpellsMarker(Message message)
    {
        for (int i = 0; i < message.Content.Count; i++)
        {
            string? text = message.Content[i] switch
            {
                TextContent content => content.Text,
                DeveloperContent developer => developer.Instructions,
                _ => null,
            };
            if (text is not null && MarkerScan.Holds(text))
                return true;
        }
        return false;
    }

    /// <summary>A message among the rendered ids.</summary>
    readonly record struct Part(Message Message, int Start, int Length, bool IsTrained, bool SpellsMarker)
    {
        public bool IsAssistant => Message.Role == Role.Assistant;

        public bool IsReasoning => Message.Channel == Channels.Analysis;
    }

    /// <summary>A turn among the messages; the one before the first question is the first of all.</summary>
    /// <param name="First">Its first message.</param>
    /// <param name="Start">How many ids the turns before it have without reasoning.</param>
    /// <param name="Lasting">How many ids it has without reasoning.</param>
    /// <param name="ToAnswer">How many ids it has up to the assistant's last message.</param>
    /// <param name="LastAnswer">That message; -1 where there is none.</param>
    readonly record struct Turn(int First, int Start, int Lasting, int ToAnswer, int LastAnswer);

    /// <summary>A sample in the making.</summary>
    sealed class Sample
    {
        public List<TokenRun> Trained { get; } = [];

        public List<Message> Messages { get; } = [];

        public TrainedCounts Counts { get; set; }

        /// <summary>Whether the message before ends in an <c>&lt;|end|&gt;</c> of the model's own.</summary>
        public bool IsWrittenByModel { get; set; }

        public bool SpellsMarker { get; set; }

        public bool HasEmptyThinking { get; set; }
    }
}
