using System.Runtime.CompilerServices;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Agents;

/// <summary>A model with tools: given a task, it calls what it needs until it can answer, and every step can be watched.</summary>
/// <remarks>
/// <para>
/// Whatever a tool does, the conversation stays whole: each call has an answer in it, a result or what went wrong, also where the run is cancelled or its reader leaves. The next run goes on
/// from there.
/// </para>
/// <para>One run at a time. It owns neither model nor generator.</para>
/// </remarks>
public sealed class Agent
{
    readonly AgentOptions _options;
    readonly ToolRunner _runner;
    readonly List<Message> _owed = [];    // answers to calls that the model has not read yet

    /// <summary>An agent over a model.</summary>
    /// <param name="model">Who thinks.</param>
    /// <param name="options">Null takes the defaults, and for the embedded model, which is at its best so, greedy sampling.</param>
    public Agent(ChatModel model, AgentOptions? options = null)
        : this((model ?? throw new ArgumentNullException(nameof(model))).Generator, model.Encoding, ForModel(model, options ?? new()))
    {
    }

    /// <summary>An agent over any generator.</summary>
    /// <param name="generator">Continues the ids.</param>
    /// <param name="encoding">Renders and parses, over the vocabulary of that generator's model.</param>
    /// <param name="options">Null takes the defaults.</param>
    /// <exception cref="ArgumentException">Two namespaces have one name, or a function's parameters no schema.</exception>
    public Agent(ITokenGenerator generator, HarmonyEncoding encoding, AgentOptions? options = null)
    {
        _options = options ?? new();
        _runner = new(_options.Tools, _options.Running);
        Session = new(generator, encoding, SessionOptions(_options));
    }

    /// <summary>The conversation behind the agent.</summary>
    public ChatSession Session { get; }

    /// <summary>Forgets the conversation.</summary>
    /// <exception cref="InvalidOperationException">A run is going on.</exception>
    public void Reset()
    {
        Session.Reset();
        _owed.Clear();
    }

    /// <summary>Gives the agent a task and watches it work.</summary>
    /// <inheritdoc cref="StreamAsync(IEnumerable{Message}, CancellationToken)"/>
    /// <param name="task">What the user says.</param>
    /// <param name="cancellationToken">Ends the run at once.</param>
    public IAsyncEnumerable<AgentStep> StreamAsync(string task, CancellationToken cancellationToken = default) => StreamAsync([Message.User(task)], cancellationToken);

    /// <summary>Goes on with the conversation and watches the agent work.</summary>
    /// <param name="messages">What is new.</param>
    /// <param name="cancellationToken">Ends the run at once.</param>
    /// <returns>
    /// For each round <see cref="RoundStarted"/>, a <see cref="ModelStep"/> for each thing that the model writes, the steps of its calls (<see cref="ToolRunner.RunAsync"/>) and <see cref="RoundEnded"/>; at the end
    /// <see cref="AgentFinished"/>.
    /// </returns>
    /// <inheritdoc cref="ChatSession.StreamAsync(IEnumerable{Message}, CancellationToken)" path="/exception"/>
    public IAsyncEnumerable<AgentStep> StreamAsync(IEnumerable<Message> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return LoopAsync([.. messages], cancellationToken);
    }

    /// <summary>Gives the agent a task and waits for the answer.</summary>
    /// <inheritdoc cref="StreamAsync(IEnumerable{Message}, CancellationToken)" path="/exception"/>
    /// <param name="task">What the user says.</param>
    /// <param name="cancellationToken">Ends the run at once.</param>
    public Task<AgentResult> RunAsync(string task, CancellationToken cancellationToken = default) => RunAsync([Message.User(task)], cancellationToken);

    /// <summary>Goes on with the conversation and waits for the answer.</summary>
    /// <inheritdoc cref="StreamAsync(IEnumerable{Message}, CancellationToken)" path="/param|/exception"/>
    public async Task<AgentResult> RunAsync(IEnumerable<Message> messages, CancellationToken cancellationToken = default)
    {
        AgentResult? result = null;
        await foreach (AgentStep step in StreamAsync(messages, cancellationToken).ConfigureAwait(false))
            result = (step as AgentFinished)?.Result;
        return result!;
    }

    async IAsyncEnumerable<AgentStep> LoopAsync(List<Message> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int start = Session.History.Count;
        ChatUsage usage = default;
        List<ToolResult> made = [];
        for (int round = 1; ; round++)
        {
            yield return new RoundStarted(round);
            bool mustAnswer = round > _options.MaxRounds;
            ChatTurn? turn = null;
            await foreach (TurnEvent happened in TurnAsync(messages, mustAnswer, cancellationToken).ConfigureAwait(false))
            {
                turn = happened.Turn;
                yield return new ModelStep(round, happened);
            }
            usage += turn!.Usage;
            messages = [];

            List<ToolResult> results = [];
            IReadOnlyList<ToolResult> answers;
            try
            {
                if (!mustAnswer)
                {
                    await foreach (AgentStep step in _runner.RunAsync(turn.Calls, round, cancellationToken).ConfigureAwait(false))
                    {
                        if (step is CallCompleted { Result: { } result })
                            results.Add(result);
                        yield return step;
                    }
                }
            }
            finally
            {
                answers = mustAnswer
                    ? _runner.Complete(turn.Calls, [], round, ToolOutcome.OverLimit, $"This call was not run: there were {_options.MaxRounds} rounds of calls, and no more may be made.")
                    : _runner.Complete(turn.Calls, results, round);
                _owed.AddRange(answers.Select(answer => answer.ToMessage()));
            }
            made.AddRange(answers);
            yield return new RoundEnded(round, turn, answers);
            if (turn.Calls.Count > 0 && !mustAnswer)
                continue;
            yield return new AgentFinished(round, new()
            {
                Text = turn.Text,
                Finish = FinishOf(turn),
                Rounds = round,
                Calls = made,
                Messages = [.. Session.History.Skip(start)],
                Usage = usage,
                LastTurn = turn,
            });
            yield break;
        }
    }

    /// <summary>
    /// A turn of the model, which reads what it is owed first. That is gone from here only when the session has it, and then a call that was cut, or that nobody will run any more, is owed an answer.
    /// </summary>
    async IAsyncEnumerable<TurnEvent> TurnAsync(List<Message> messages, bool mustAnswer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChatSessionOptions options = Session.Options;
        List<Message> given = [.. _owed, .. messages];
        int before = Session.History.Count;
        IReadOnlyList<HarmonyCall> whole = [];
        try
        {
            if (mustAnswer)
                Session.Options = options with { ToolChoice = HarmonyToolChoice.None };
            await foreach (TurnEvent happened in Session.StreamPartsAsync(given, cancellationToken).ConfigureAwait(false))
            {
                whole = happened.Turn?.Calls ?? whole;
                yield return happened;
            }
        }
        finally
        {
            Session.Options = options;
            if (Session.History.Count > before)
            {
                _owed.Clear();
                _owed.AddRange(_runner.AnswerCut(Session.History.Skip(before + given.Count), whole));
            }
        }
    }

    static AgentFinish FinishOf(ChatTurn turn) => turn switch
    {
        { Calls.Count: > 0 } => AgentFinish.RoundLimit,
        { Finish: ChatFinish.MaxTokens } => AgentFinish.MaxTokens,
        { Finish: ChatFinish.ContextLength } => AgentFinish.ContextLength,
        _ => AgentFinish.Answered,
    };

    static AgentOptions ForModel(ChatModel model, AgentOptions options) =>
        model.IsEmbedded && options.Session.Sampling == new SamplingOptions() ? options with { Session = options.Session with { Sampling = SamplingOptions.Greedy } } : options;

    static ChatSessionOptions SessionOptions(AgentOptions options)
    {
        ChatSessionOptions session = options.Session;
        DeveloperContent developer = session.Developer ?? new();
        HashSet<string> names = new(developer.Tools?.Keys ?? [], StringComparer.Ordinal);
        foreach (AgentTools space in options.Tools)
        {
            if (!names.Add(space.Name))
                throw new ArgumentException($"Two namespaces of tools are called '{space.Name}'.", nameof(options));
            developer = developer.WithTools(space.ToNamespace());
        }
        if (!string.IsNullOrWhiteSpace(options.Instructions))
            developer = developer with { Instructions = string.IsNullOrWhiteSpace(developer.Instructions) ? options.Instructions : $"{developer.Instructions}\n\n{options.Instructions}" };
        return developer == new DeveloperContent() ? session : session with { Developer = developer };
    }
}
