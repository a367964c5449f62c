using System.CommandLine;
using System.Globalization;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary><c>chorale chat</c>: talk with a model.</summary>
static class ChatCommand
{
    static readonly TimeSpan PatienceWithPipes = TimeSpan.FromSeconds(3);

    public static Command Create(CliHost host)
    {
        Argument<string[]> prompt = new("PROMPT") { Description = "What to say; text piped in beside it is appended. Without it: a conversation, at the terminal or a line a turn from a pipe; '-' takes all that is piped in as one message.", Arity = ArgumentArity.ZeroOrMore };
        ModelArguments model = new(precision: "fast");
        Option<string> effort = new("--effort") { Description = "How long the model reasons: low, medium or high.", DefaultValueFactory = _ => "medium" };
        effort.AcceptOnlyFromAmong("low", "medium", "high");
        Option<string?> instructions = new("--instructions") { Description = "What the developer tells the model to begin with.", HelpName = "TEXT" };
        Option<float?> temperature = SamplingArguments.Temperature("without it, 0 for the embedded model and 1 for any other");
        SamplingArguments sampling = new();
        GeneratorArguments generator = new();
        Option<int?> maxTokens = SamplingArguments.MaxTokens(1);
        Option<string?> date = new("--date") { Description = "The day that the system message names, yyyy-MM-dd; without it, today.", HelpName = "DATE" };
        date.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !TryReadDate(text, out _))
                result.AddError($"--date must be a day as yyyy-MM-dd, found '{text}'.");
        });
        AnswerArguments answer = new();
        ToolArguments tools = new();
        Option<string> drop = SharedOptions.Drop();
        Option<bool> hideReasoning = new("--hide-reasoning") { Description = "Print the answer only." };
        Option<bool> json = new("--json") { Description = "Print each turn as one line of JSON: answer, reasoning, usage and the whole conversation." };
        Option<bool> raw = new("--raw") { Description = "Print the very tokens, prompt and control tokens included." };

        Command command = new("chat", "Talk with a model.") { prompt, effort, instructions, temperature, maxTokens, date, drop, hideReasoning, json, raw };
        model.AddTo(command);
        answer.AddTo(command);
        tools.AddTo(command);
        sampling.AddTo(command);
        generator.AddTo(command, parallel: false);
        command.SetAction(async (line, cancellationToken) =>
        {
            ToolSettings? mayCall = await tools.ReadAsync(line, host, cancellationToken);
            ChatRun.TryReadEffort(line.GetValue(effort)!, out ReasoningEffort level);
            ChatSettings settings = new()
            {
                Prompt = await ReadPromptAsync(host, line.GetValue(prompt)!, cancellationToken),
                Instructions = line.GetValue(instructions),
                Effort = level,
                Date = TryReadDate(line.GetValue(date), out DateOnly day) ? day : DateOnly.FromDateTime(host.Time.GetLocalNow().DateTime),
                Temperature = line.GetValue(temperature),
                Sampling = sampling.Read(line),
                MaxTokens = line.GetValue(maxTokens),
                Answer = await answer.ReadAsync(line, cancellationToken),
                MaxReasoningTokens = answer.MaxReasoningTokens(line),
                Drop = SharedOptions.DropOf(line.GetValue(drop)!),
                Tools = mayCall,
                HideReasoning = line.GetValue(hideReasoning),
                Json = line.GetValue(json),
                Raw = line.GetValue(raw),
            };
            using ChatRun run = new(host, settings, model.Open(line, generator.Read(line)));
            return settings.Prompt is { } said
                ? await run.OneTurnAsync(said, cancellationToken)
                : await run.ConversationAsync(cancellationToken);
        });
        return command;
    }

    /// <summary>The words of the command line, with what is piped in beside them; null where neither says anything at once.</summary>
    static async Task<string?> ReadPromptAsync(CliHost host, string[] words, CancellationToken cancellationToken)
    {
        if (words.Length == 0)
            return null;
        string said = words is ["-"] ? "" : string.Join(' ', words);
        string piped = host.InputIsTerminal ? "" : (await ReadPipeAsync(host, cancellationToken)).Trim();
        string prompt = (said, piped) switch
        {
            (_, "") => said,
            ("", _) => piped,
            _ => $"{said}\n\n{piped}",
        };
        return string.IsNullOrWhiteSpace(prompt) ? throw new CliException("the prompt is empty.", ExitCodes.Usage) : prompt;
    }

    /// <summary>What is piped in may come from a program that still works on it, so its end is waited for, but not without a word.</summary>
    static async Task<string> ReadPipeAsync(CliHost host, CancellationToken cancellationToken)
    {
        Task<string> reading = host.ReadAllTextAsync(cancellationToken);
        if (await Task.WhenAny(reading, Task.Delay(PatienceWithPipes, host.Time, cancellationToken)) != reading)
            host.Error.WriteLine("[waiting for standard input to end; '</dev/null' gives none]");
        return await reading;
    }

    static bool TryReadDate(string? text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}
