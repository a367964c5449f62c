using System.Runtime.CompilerServices;
using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>
/// A conversation with a model: keeps the history, renders it, generates, parses, and streams the answer by channel.
/// </summary>
/// <remarks>
/// One turn at a time; a second one begun while the first still runs is refused. Between turns the session may be used from any
/// thread. It owns neither the generator nor the encoding.
/// </remarks>
/// <param name="generator">Continues the ids.</param>
/// <param name="encoding">Renders and parses, over the vocabulary of that generator's model.</param>
/// <param name="options">How to talk; null takes the defaults.</param>
public sealed class ChatSession(ITokenGenerator generator, HarmonyEncoding encoding, ChatSessionOptions? options = null)
{
    readonly ITokenGenerator _generator = generator ?? throw new ArgumentNullException(nameof(generator));
    readonly HarmonyEncoding _encoding = encoding ?? throw new ArgumentNullException(nameof(encoding));
    readonly RenderCache _prompts = new(encoding);
    readonly SessionGrammar _grammar = new(encoding);
    readonly List<Message> _history = [];
    int _running;

    /// <summary>How to talk from the next turn on.</summary>
    public ChatSessionOptions Options { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = options ?? new();

    /// <summary>What was said so far, without system and developer message, reasoning included.</summary>
    public IReadOnlyList<Message> History => _history;

    /// <summary>The whole conversation as it stands: system message, developer message, history.</summary>
    public Conversation Conversation => Conversation.Of([.. Preamble(), .. _history]);

    /// <summary>The cost of all turns.</summary>
    public ChatUsage Usage { get; private set; }

    /// <summary>The ids that the last turn gave the model; empty before the first.</summary>
    public ReadOnlyMemory<int> LastPrompt { get; private set; }

    /// <summary>What rendering the prompts again and again has cost, and what it was spared.</summary>
    public RenderCacheStatistics RenderStatistics => _prompts.Statistics;

    /// <summary>Forgets the history.</summary>
    /// <exception cref="InvalidOperationException">A turn is running.</exception>
    public void Reset()
    {
        Begin();
        _history.Clear();
        End();
    }

    /// <summary>The ids that the model would be given after these messages.</summary>
    public int[] RenderPrompt(params IEnumerable<Message> messages) => RenderPrompt(messages, Resolver().Aliases);

    /// <summary>Says something as the user and streams the answer.</summary>
    /// <inheritdoc cref="StreamAsync(IEnumerable{Message}, CancellationToken)"/>
    public IAsyncEnumerable<ChatUpdate> StreamAsync(string text, CancellationToken cancellationToken = default) =>
        StreamAsync([Message.User(text)], cancellationToken);

    /// <summary>Adds messages (the user's, or the results of calls) and streams the answer.</summary>
    /// <remarks>
    /// What the model leaves unformed is repaired, never thrown: <see cref="ChatTurn.Repairs"/>. Where the turn is cancelled, or the caller
    /// stops reading, what was said until then stays in the history, the cut message too unless it is reasoning; a turn that fails
    /// before its first id leaves the history as it was.
    /// </remarks>
    /// <param name="messages">What is new since the last turn, at least one.</param>
    /// <param name="cancellationToken">Ends the turn at once.</param>
    /// <returns>An update for each id, and a last one that carries the <see cref="ChatTurn"/>.</returns>
    /// <exception cref="InvalidOperationException">A turn is running.</exception>
    /// <exception cref="SchemaException">A tool's schema cannot be read (<see cref="ChatSessionOptions.Schemas"/>).</exception>
    /// <exception cref="GrammarException">The answer's format, a strict tool's schema or the tool choice is malformed or cannot be enforced.</exception>
    /// <exception cref="BudgetTooSmallException">No turn that is right is as short as <see cref="ChatSessionOptions.MaxTokens"/>, or the context, demands.</exception>
    /// <exception cref="PromptTooLongException">The conversation leaves no room for an answer.</exception>
    /// <exception cref="QueueFullException">As many requests wait for the engine as may.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public IAsyncEnumerable<ChatUpdate> StreamAsync(IEnumerable<Message> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return Run([.. messages], cancellationToken);
    }

    /// <summary>Says something as the user and waits for the whole answer.</summary>
    /// <inheritdoc cref="StreamAsync(IEnumerable{Message}, CancellationToken)"/>
    /// <returns>The turn.</returns>
    public Task<ChatTurn> CompleteAsync(string text, CancellationToken cancellationToken = default) =>
        CompleteAsync([Message.User(text)], cancellationToken);

    /// <summary>Adds messages and waits for the whole answer.</summary>
    /// <inheritdoc cref="StreamAsync(IEnumerable{Message}, CancellationToken)"/>
    /// <returns>The turn.</returns>
    public async Task<ChatTurn> CompleteAsync(IEnumerable<Message> messages, CancellationToken cancellationToken = default)
    {
        ChatTurn? turn = null;
        await foreach (ChatUpdate update in StreamAsync(messages, cancellationToken).ConfigureAwait(false))
            turn = update.Turn;
        return turn!;
    }

    /// <summary>Adds messages and streams the answer as its reader sees it: part by part, slips repaired.</summary>
    /// <inheritdoc cref="StreamAsync(IEnumerable{Message}, CancellationToken)" path="/param|/exception|/remarks"/>
    /// <returns>The events of <see cref="PreparedTurn.StreamPartsAsync"/>.</returns>
    public IAsyncEnumerable<TurnEvent> StreamPartsAsync(IEnumerable<Message> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return RunParts([.. messages], cancellationToken);
    }

    /// <summary>Renders the next turn's prompt and compiles its grammar, so that whatever is wrong with them is known before anything is generated.</summary>
    /// <param name="messages">What is new since the last turn, at least one.</param>
    /// <returns>The turn, to be run once, before any other turn of this session.</returns>
    /// <exception cref="SchemaException">A tool's schema cannot be read (<see cref="ChatSessionOptions.Schemas"/>).</exception>
    /// <exception cref="HarmonyRenderException">A message that has no rendered form.</exception>
    /// <exception cref="GrammarException">The answer's format, a strict tool's schema or the tool choice is malformed or cannot be enforced.</exception>
    /// <exception cref="BudgetTooSmallException">No turn that is right is as short as <see cref="ChatSessionOptions.MaxTokens"/>, or the context, demands.</exception>
    /// <exception cref="PromptTooLongException">The conversation leaves no room for an answer.</exception>
    public PreparedTurn Prepare(IEnumerable<Message> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        List<Message> added = [.. messages];
        CallResolver resolver = Resolver();
        int[] prompt = RenderPrompt(added, resolver.Aliases);
        if (prompt.Length >= _generator.ContextLength)
            throw new PromptTooLongException(prompt.Length, _generator.ContextLength);
        return new(this, added, _history.Count, Options, resolver, prompt, Constrain(prompt.Length, resolver.Aliases));
    }

    async IAsyncEnumerable<ChatUpdate> Run(List<Message> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ChatUpdate update in Prepare(messages).StreamAsync(cancellationToken).ConfigureAwait(false))
            yield return update;
    }

    async IAsyncEnumerable<TurnEvent> RunParts(List<Message> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (TurnEvent happened in Prepare(messages).StreamPartsAsync(cancellationToken).ConfigureAwait(false))
            yield return happened;
    }

    internal async IAsyncEnumerable<ChatUpdate> Run(PreparedTurn prepared, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Begin();
        TurnReader? reader = null;
        bool ended = false;
        try
        {
            if (prepared.HistoryLength != _history.Count)
                throw new InvalidOperationException("The session has had another turn since this one was prepared.");
            LastPrompt = prepared.Prompt;
            reader = new(_encoding, prepared.Resolver, prepared.Prompt.Length, prepared.Options.StopSequences);
            GenerationRequest request = new()
            {
                Prompt = prepared.Prompt,
                StopIds = _encoding.StopTokensForAssistantActions,
                BoundaryIds = _encoding.StopTokens,    // where the next prompt may part from this one: old reasoning is left out by whole messages
                MaxTokens = prepared.Options.MaxTokens,
                Sampling = prepared.Options.Sampling,
                Constraint = prepared.Constraint,
                TopLogProbabilities = prepared.Options.TopLogProbabilities,
            };
            using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, prepared.EndEarly);
            bool isEndedEarly = false;
            IAsyncEnumerator<GeneratedToken> ids = _generator.GenerateAsync(request, both.Token).GetAsyncEnumerator(both.Token);
            await using (ids.ConfigureAwait(false))
            {
                while (!reader.IsStopped)
                {
                    try
                    {
                        if (!await ids.MoveNextAsync().ConfigureAwait(false))
                            break;
                    }
                    catch (OperationCanceledException) when (prepared.EndEarly.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                    {
                        isEndedEarly = true;
                        break;
                    }
                    yield return reader.Read(ids.Current);
                }
            }
            ended = true;
            ChatUpdate last = reader.Finish(cancelled: false, prepared.Constraint?.WasShortened ?? false, isEndedEarly);
            Keep(prepared.Added, last.Turn!);
            yield return last;
        }
        finally
        {
            if (!ended && reader is { IsEmpty: false })
                Keep(prepared.Added, reader.Finish(cancelled: true).Turn!);
            End();
        }
    }

    internal TurnPartReader CreatePartReader(PreparedTurn prepared) => new(_encoding.Tokenizer, prepared.Resolver, prepared.Options);

    void Keep(List<Message> messages, ChatTurn turn)
    {
        _history.AddRange(messages);
        bool cut = turn.Finish is ChatFinish.Cancelled or ChatFinish.MaxTokens or ChatFinish.ContextLength;
        int kept = cut && turn.Messages is [.., { Channel: Channels.Analysis }] ? turn.Messages.Count - 1 : turn.Messages.Count;
        _history.AddRange(turn.Messages.Take(kept));
        Usage += turn.Usage;
    }

    int[] RenderPrompt(IEnumerable<Message> messages, ToolAliases aliases) =>
        _prompts.RenderForCompletion(
            aliases.ToWire(Conversation.With(messages)),
            Role.Assistant,
            new() { AnalysisDropping = Options.AnalysisDropping, Schemas = Options.Schemas });

    /// <summary>Holds the next turn to its form; null where none is asked of it.</summary>
    TurnConstraint? Constrain(int promptLength, ToolAliases aliases)
    {
        if (_grammar.For(Options, aliases) is not { } grammar)
            return null;
        int room = _generator.ContextLength - promptLength;
        return room <= 0 ? throw new PromptTooLongException(promptLength, _generator.ContextLength)
            : grammar.CreateConstraint(Math.Min(room, Options.MaxTokens ?? room), Options.MaxReasoningTokens);
    }

    /// <summary>Knows the declared tools; a function named like a built-in tool has another name for the model.</summary>
    CallResolver Resolver() => CallResolver.For(Conversation.Of(Preamble()), Options.RepairArguments);

    IEnumerable<Message> Preamble()
    {
        yield return Message.System(Options.System);
        DeveloperContent? developer = Options.Developer;
        if (Options.Answer?.Shown is { } shown && (developer?.ResponseFormats.Count ?? 0) == 0)
            developer = (developer ?? new DeveloperContent()).WithResponseFormats(shown);
        if (developer is not null)
            yield return Message.Developer(developer);
    }

    void Begin()
    {
        if (Interlocked.Exchange(ref _running, 1) != 0)
            throw new InvalidOperationException("A turn of this session is still running.");
    }

    void End() => Volatile.Write(ref _running, 0);
}
