using System.Text;
using Chorale.Chat;
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
    readonly IDisposable? _interrupt;
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
    }

    bool IsInteractive => _host is { InputIsTerminal: true, OutputIsTerminal: true };

    public void Dispose()
    {
        _interrupt?.Dispose();
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
        using StreamReader input = new(_host.Input, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        int exitCode = ExitCodes.Success;
        int turns = 0;
        while (await ReadMessageAsync(input, cancellationToken) is { } message)
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

    /// <summary>Runs a turn and prints it as it streams; false where Ctrl-C stopped it.</summary>
    async Task<bool> TurnAsync(string prompt, CancellationToken cancellationToken)
    {
        using CancellationTokenSource turn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _stopTurn = turn.Cancel;
        AnswerPrinter answer = new(_host, _settings.HideReasoning);
        RawPrinter raw = new(_host, _model.Tokenizer);
        TurnClock clock = new(_host.Time);
        bool started = false;
        try
        {
            await foreach (ChatUpdate update in _session.StreamAsync(prompt, turn.Token))
            {
                clock.Tick(update);
                if (_settings.Json)
                {
                    if (update.Turn is { } whole)
                        Transcript.Write(_host, _model.Name, _session.Conversation, whole, clock);
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
                if (update.Turn is { } ended)
                    Report(ended, clock, answer, raw);
            }
            return true;
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

    async Task<string?> ReadMessageAsync(StreamReader input, CancellationToken cancellationToken)
    {
        if (IsInteractive)
            _host.Out.Write("> ");
        string? line = await input.ReadLineAsync(cancellationToken);
        if (line is null || !line.TrimStart().StartsWith(Fence, StringComparison.Ordinal))
            return line;

        StringBuilder message = new(line.TrimStart()[Fence.Length..]);
        while (!message.ToString().TrimEnd().EndsWith(Fence, StringComparison.Ordinal) && await input.ReadLineAsync(cancellationToken) is { } next)
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
            case ["/help"]:
                Say("""
                    /reset            forget the conversation
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
