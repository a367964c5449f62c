using System.Text;
using Chorale.Agents;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>One run of <c>chorale chat</c>: a single turn, or a conversation of lines from a terminal or a pipe.</summary>
sealed class ChatRun : IDisposable
{
    /// <summary>Opens and closes a message of several lines.</summary>
    const string Fence = "\"\"\"";

    readonly CliHost _host;
    readonly ChatSettings _settings;
    readonly ChatModel _model;
    readonly ChatSession _session;
    readonly ToolRunner? _tools;
    readonly IDisposable? _interrupt;
    readonly List<Message> _owed = [];    // answers to calls that the model has not read yet
    StreamReader? _input;
    Task<string?>? _reading;
    Action? _stopTurn;
    bool _raw;

    /// <summary>Starts a conversation.</summary>
    /// <param name="host">Where it takes place.</param>
    /// <param name="settings">What was asked for.</param>
    /// <param name="model">Who answers; disposed with this object.</param>
    public ChatRun(CliHost host, ChatSettings settings, ChatModel model)
    {
        (_host, _settings, _raw, _model) = (host, settings, settings.Raw, model);
        _session = _model.StartSession(settings.ToSessionOptions(_model.IsEmbedded));
        _interrupt = host.OnInterrupt?.Invoke(Interrupt);
        if (settings.Tools is { } tools)
            _tools = new(tools.Tools, new() { Approve = new ToolApprover(host, tools.ApprovesAll, ReadLineAsync).ApproveAsync, TimeProvider = host.Time });
    }

    /// <summary>What is typed or piped in, read by one reader only: it reads ahead.</summary>
    StreamReader Input => _input ??= new(_host.Input, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true, leaveOpen: true);

    bool IsInteractive => _host is { InputIsTerminal: true, OutputIsTerminal: true };

    public void Dispose()
    {
        _interrupt?.Dispose();
        _input?.Dispose();
        _model.Dispose();
    }

    /// <summary>Says one thing and prints the answer.</summary>
    public async Task<int> OneTurnAsync(string prompt, CancellationToken cancellationToken) =>
        await TurnAsync(prompt, cancellationToken) ? ExitCodes.Success : ExitCodes.Interrupted;

    /// <summary>One turn for each line of the input, until it ends.</summary>
    /// <returns><see cref="ExitCodes.Failure"/> where a turn failed.</returns>
    public async Task<int> ConversationAsync(CancellationToken cancellationToken)
    {
        if (IsInteractive)
            _host.Out.WriteLine($"{_model.Name}, {_model.Generator.ContextLength} ids of context. /help lists the commands, Ctrl-D leaves.");
        int exitCode = ExitCodes.Success;
        int turns = 0;
        while (await ReadMessageAsync(cancellationToken) is { } message)
        {
            if (string.IsNullOrWhiteSpace(message))
                continue;
            turns++;
            if (message.StartsWith('/') && !message.Contains('\n', StringComparison.Ordinal))
            {
                if (!Command(message.Trim()))
                    break;
                continue;
            }
            if (!await TryTurnAsync(message, cancellationToken))
                exitCode = ExitCodes.Failure;
        }
        if (IsInteractive)
            _host.Out.WriteLine();
        else if (turns == 0)
            throw new CliException("there is nothing to answer: give a prompt, or pipe one in.", ExitCodes.Usage);
        return exitCode;
    }

    async Task<bool> TryTurnAsync(string message, CancellationToken cancellationToken)
    {
        try
        {
            await TurnAsync(message, cancellationToken);
            return true;
        }
        catch (PromptTooLongException e)
        {
            _host.Error.WriteLine($"chorale: {e.Message} /reset forgets the conversation.");
            return false;
        }
        catch (BudgetTooSmallException e)
        {
            _host.Error.WriteLine($"chorale: {e.Message} /reset forgets the conversation.");
            return false;
        }
    }

    /// <summary>The next line. A read from a terminal cannot be given up: where Ctrl-C ends the wait for it, the line goes to whoever asks next.</summary>
    async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        _reading ??= Input.ReadLineAsync(CancellationToken.None).AsTask();
        string? line = await _reading.WaitAsync(cancellationToken);
        _reading = null;
        return line;
    }

    /// <summary>Runs a turn, and those that its calls lead to, and prints them as they stream; false where Ctrl-C stopped them.</summary>
    async Task<bool> TurnAsync(string prompt, CancellationToken cancellationToken)
    {
        using CancellationTokenSource turn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _stopTurn = turn.Cancel;
        AnswerPrinter answer = new(_host, _settings.HideReasoning);
        RawPrinter raw = new(_host, _model.Tokenizer);
        try
        {
            List<Message> said = [Message.User(prompt)];
            for (int round = 1; ; round++)
            {
                bool mustAnswer = round > (_settings.Tools?.MaxRounds ?? 0);
                ChatTurn whole = await RoundAsync(said, mustAnswer && _tools is not null, answer, raw, turn.Token);
                if (_tools is null || whole.Calls.Count == 0)
                    return true;
                await CallAsync(_tools, whole.Calls, round, mustAnswer, turn.Token);
                if (mustAnswer)
                    return true;
                said = [];
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            EndLine(answer, raw);
            _host.Error.WriteLine("[stopped]");
            return false;
        }
        finally
        {
            _stopTurn = null;
        }
    }

    /// <summary>One turn of the model, which reads what it is owed first.</summary>
    async Task<ChatTurn> RoundAsync(List<Message> said, bool mustAnswer, AnswerPrinter answer, RawPrinter raw, CancellationToken cancellationToken)
    {
        TurnClock clock = new(_host.Time);
        bool started = false;
        ChatTurn? whole = null;
        List<Message> given = [.. _owed, .. said];
        int before = _session.History.Count;
        ChatSessionOptions options = _session.Options;
        try
        {
            if (mustAnswer)
                _session.Options = options with { ToolChoice = HarmonyToolChoice.None };
            await foreach (ChatUpdate update in _session.StreamAsync(given, cancellationToken))
            {
                clock.Tick(update);
                if (_settings.Json)
                {
                    if (update.Turn is { } ended)
                        Transcript.Write(_host, _model.Name, _session.Conversation, ended, clock);
                }
                else if (_raw)
                {
                    if (!started)
                        raw.PrintPrompt(_session.LastPrompt.Span);
                    raw.Print(update);
                }
                else
                {
                    answer.Print(update);
                }
                started = true;
                whole = update.Turn;
            }
        }
        finally
        {
            _session.Options = options;
            if (_session.History.Count > before)
            {
                _owed.Clear();
                _owed.AddRange(_tools?.AnswerCut(_session.History.Skip(before + given.Count), whole?.Calls ?? []) ?? []);
            }
        }
        Report(whole!, clock, answer, raw);
        return whole!;
    }

    /// <summary>Runs the calls of a turn and notes what the model is to read of them; whatever happens, each call has its answer.</summary>
    async Task CallAsync(ToolRunner tools, IReadOnlyList<HarmonyCall> calls, int round, bool isOverLimit, CancellationToken cancellationToken)
    {
        List<ToolResult> results = [];
        try
        {
            if (isOverLimit)
                _host.Error.WriteLine($"[the model calls on after {_settings.Tools!.MaxRounds} rounds; its last calls are not run]");
            else
                await foreach (AgentStep step in tools.RunAsync(calls, round, cancellationToken))
                {
                    if (step is not CallCompleted { Result: { } result })
                        continue;
                    results.Add(result);
                    Report(result);
                }
        }
        finally
        {
            IReadOnlyList<ToolResult> answers = isOverLimit
                ? tools.Complete(calls, [], round, ToolOutcome.OverLimit, "This call was not run: no more may be made.")
                : tools.Complete(calls, results, round);
            _owed.AddRange(answers.Select(one => one.ToMessage()));
        }
    }

    /// <summary>A result on one line: whoever wants all of it takes --json.</summary>
    void Report(ToolResult result)
    {
        const int Shown = 160;
        string text = Printable.Escape(result.Text.AsSpan(0, Math.Min(result.Text.Length, Shown)));
        _host.Error.WriteLine($"[{result.Call.Name} {(result.Outcome == ToolOutcome.Succeeded ? "gave" : "gave no result")}: {text}{(result.Text.Length > Shown ? "…" : "")}]");
    }

    void Report(ChatTurn turn, TurnClock clock, AnswerPrinter answer, RawPrinter raw)
    {
        EndLine(answer, raw);
        if (turn.Finish == ChatFinish.MaxTokens)
            _host.Error.WriteLine($"[the answer reached the limit of {_settings.MaxTokens} ids and ends here]");
        if (turn.Finish == ChatFinish.ContextLength)
            _host.Error.WriteLine($"[the context of {_model.Generator.ContextLength} ids is full and the answer ends here; /reset forgets the conversation]");
        if (turn.WasShortened)
            _host.Error.WriteLine("[the ids ran out, and the answer was ended in the shortest way]");
        foreach (HarmonyDiagnostic repair in turn.Repairs)
            _host.Error.WriteLine($"[the model left the format at id {repair.Index}: {repair.Message}]");
        _host.Error.WriteLine(clock.Describe(turn.Usage));
    }

    void EndLine(AnswerPrinter answer, RawPrinter raw)
    {
        if (_settings.Json)
            return;
        if (_raw)
            raw.End();
        else
            answer.End();
    }

    async Task<string?> ReadMessageAsync(CancellationToken cancellationToken)
    {
        if (IsInteractive)
            _host.Out.Write("> ");
        string? line = await ReadLineAsync(cancellationToken);
        if (line is null || !line.TrimStart().StartsWith(Fence, StringComparison.Ordinal))
            return line;

        StringBuilder message = new(line.TrimStart()[Fence.Length..]);
        while (!message.ToString().TrimEnd().EndsWith(Fence, StringComparison.Ordinal) && await ReadLineAsync(cancellationToken) is { } next)
            message.Append(message.Length > 0 ? "\n" : "").Append(next);
        string text = message.ToString().TrimEnd();
        return text.EndsWith(Fence, StringComparison.Ordinal) ? text[..^Fence.Length].Trim('\n') : text;
    }

    /// <summary>Obeys a line that begins with a slash; false where the conversation ends.</summary>
    bool Command(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        switch (words)
        {
            case ["/exit" or "/quit" or "/bye"]:
                return false;
            case ["/reset"]:
                _session.Reset();
                _owed.Clear();
                Say("The conversation is forgotten.");
                return true;
            case ["/raw"]:
                _raw = !_raw;
                Say(_raw ? "Showing the very tokens." : "Showing reasoning and answer.");
                return true;
            case ["/effort"]:
                Say($"The effort is {EffortName(_session.Options.System.ReasoningEffort)}.");
                return true;
            case ["/effort", var name] when TryReadEffort(name, out ReasoningEffort effort):
                _session.Options = _session.Options with { System = _session.Options.System with { ReasoningEffort = effort } };
                Say($"The effort is {EffortName(effort)}.");
                return true;
            case ["/tools"]:
                Say(_settings.Tools is { } tools
                    ? string.Join('\n', tools.Tools.SelectMany(space => space.Functions.Select(function => $"{space.Name}.{function.Name}: {function.Description}")))
                    : "There are no tools; --tools and --demo-tools give some.");
                return true;
            case ["/help"]:
                Say("""
                    /reset            forget the conversation
                    /tools            list what the model may call
                    /effort LEVEL     low, medium or high; without LEVEL, say which
                    /raw              show the very tokens, or stop doing so
                    /exit             leave, as does Ctrl-D
                    Ctrl-C            stop the answer
                    A message of several lines stands between lines of three quotation marks.
                    """);
                return true;
            default:
                Say($"'{line}' is no command; /help lists them.");
                return true;
        }
    }

    public static bool TryReadEffort(string name, out ReasoningEffort effort)
    {
        (bool known, effort) = name.ToUpperInvariant() switch
        {
            "LOW" => (true, ReasoningEffort.Low),
            "MEDIUM" => (true, ReasoningEffort.Medium),
            "HIGH" => (true, ReasoningEffort.High),
            _ => (false, default),
        };
        return known;
    }

    static string EffortName(ReasoningEffort? effort) => effort switch
    {
        ReasoningEffort.Low => "low",
        ReasoningEffort.High => "high",
        _ => "medium",
    };

    void Say(string text) => _host.Error.WriteLine(text.ReplaceLineEndings("\n"));

    void Interrupt()
    {
        try
        {
            if (_stopTurn is { } stop)
                stop();
            else
                _host.Error.Write("\n(Ctrl-D or /exit leaves)\n> ");
        }
        catch (ObjectDisposedException)
        {
            // the turn ended in this very moment
        }
    }
}
