using System.Text.Json;
using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;
using Microsoft.Extensions.AI;

namespace Chorale.Chat;

/// <summary>A request to a chat client as a session takes it.</summary>
/// <param name="Options">The session's.</param>
/// <param name="Messages">The conversation behind the developer message.</param>
/// <param name="ShowsReasoning">Whether the reader wants it.</param>
/// <param name="Notes">What was asked for and cannot be had.</param>
sealed record ChatRequest(ChatSessionOptions Options, IReadOnlyList<Message> Messages, bool ShowsReasoning, IReadOnlyList<string> Notes)
{
    const string Functions = "functions";

    /// <summary>Any object: what <c>json</c> without a schema is.</summary>
    static readonly JsonSchema AnyObject = JsonSchema.Parse("""{"type":"object"}""");

    /// <summary>Reads a request.</summary>
    /// <param name="messages">The whole conversation.</param>
    /// <param name="options">What the request says.</param>
    /// <param name="defaults">What it leaves open.</param>
    /// <param name="today">The day for the system message, unless that has one; null names none.</param>
    public static ChatRequest Read(IEnumerable<ChatMessage> messages, ChatOptions? options, ChatSessionOptions defaults, DateOnly? today)
    {
        List<string> notes = [];
        ChatSessionOptions session = defaults;
        if (today is { } day && session.System.ConversationStartDate is null)
            session = session with { System = session.System.WithDate(day) };
        if (options is not null)
            session = Apply(options, session, notes);
        MessageReader conversation = new(session.Developer?.Tools?.Values ?? [], messages);
        string[] instructions = [.. new[] { session.Developer?.Instructions, conversation.Instructions, options?.Instructions }.OfType<string>().Where(text => !string.IsNullOrWhiteSpace(text))];
        if (instructions.Length > 0)
            session = session with { Developer = (session.Developer ?? new DeveloperContent()) with { Instructions = string.Join("\n\n", instructions) } };
        return new(session, conversation.Messages, options?.Reasoning?.Output != ReasoningOutput.None, notes);
    }

    static ChatSessionOptions Apply(ChatOptions options, ChatSessionOptions session, List<string> notes)
    {
        session = session with
        {
            Sampling = Sampling(options, session.Sampling),
            MaxTokens = options.MaxOutputTokens ?? session.MaxTokens,
            StopSequences = options.StopSequences is { Count: > 0 } stops ? [.. stops] : session.StopSequences,
            Answer = Format(options) ?? session.Answer,
            TopLogProbabilities = Integer(options, "top_log_probabilities") ?? session.TopLogProbabilities,
            MaxReasoningTokens = Integer(options, "max_reasoning_tokens") ?? session.MaxReasoningTokens,
        };
        session = Effort(options.Reasoning, session);
        return Tools(options, session, notes);
    }

    static SamplingOptions Sampling(ChatOptions options, SamplingOptions sampling) => sampling with
    {
        Temperature = options.Temperature ?? sampling.Temperature,
        TopP = options.TopP ?? sampling.TopP,
        TopK = options.TopK ?? sampling.TopK,
        FrequencyPenalty = options.FrequencyPenalty ?? sampling.FrequencyPenalty,
        PresencePenalty = options.PresencePenalty ?? sampling.PresencePenalty,
        Seed = options.Seed ?? sampling.Seed,
        MinP = Number(options, "min_p") ?? sampling.MinP,
        RepetitionPenalty = Number(options, "repetition_penalty") ?? sampling.RepetitionPenalty,
    };

    /// <summary>gpt-oss knows three efforts; none at all is enforced, and more than high is high.</summary>
    static ChatSessionOptions Effort(ReasoningOptions? reasoning, ChatSessionOptions session) => reasoning?.Effort switch
    {
        null => session,
        Microsoft.Extensions.AI.ReasoningEffort.None => WithEffort(session, Harmony.ReasoningEffort.Low) with { MaxReasoningTokens = 0 },
        Microsoft.Extensions.AI.ReasoningEffort.Low => WithEffort(session, Harmony.ReasoningEffort.Low),
        Microsoft.Extensions.AI.ReasoningEffort.Medium => WithEffort(session, Harmony.ReasoningEffort.Medium),
        _ => WithEffort(session, Harmony.ReasoningEffort.High),
    };

    static ChatSessionOptions WithEffort(ChatSessionOptions session, Harmony.ReasoningEffort effort) => session with { System = session.System with { ReasoningEffort = effort } };

    /// <summary>What a schema asks for and cannot be enforced is left out, unless <c>strict</c> says that the request shall fail then.</summary>
    static AnswerFormat? Format(ChatOptions options)
    {
        if (options.ResponseFormat is not ChatResponseFormatJson json)
            return null;
        JsonSchema schema = json.Schema is { ValueKind: not JsonValueKind.Undefined } given ? JsonSchema.From(given) : AnyObject;
        AnswerFormat format = AnswerFormat.Json(schema, json.SchemaName ?? "answer", new() { Lenient = !(Boolean(options, "strict") ?? false) });
        return json.SchemaDescription is { Length: > 0 } description ? format with { Shown = format.Shown! with { Description = description } } : format;
    }

    static ChatSessionOptions Tools(ChatOptions options, ChatSessionOptions session, List<string> notes)
    {
        DeveloperContent developer = session.Developer ?? new();
        foreach (AITool tool in options.Tools ?? [])
        {
            if (tool is AIFunctionDeclaration function)
                developer = Declare(developer, function);
            else
                notes.Add($"The tool '{tool.Name}' was left out: it is a {tool.GetType().Name}, and only functions can be called here.");
        }
        bool hasTools = developer.Tools is { Count: > 0 } || session.System.Tools is { Count: > 0 };
        return session with
        {
            Developer = developer.Tools is { Count: > 0 } ? developer : session.Developer,
            ToolChoice = options.ToolMode switch
            {
                null => session.ToolChoice,
                NoneChatToolMode => HarmonyToolChoice.None,
                RequiredChatToolMode when !hasTools => throw new ArgumentException("A call is required, but the request has no functions.", nameof(options)),
                RequiredChatToolMode { RequiredFunctionName: { } name } => IsDeclared(developer, session.System, name) ? HarmonyToolChoice.Named(name)
                    : throw new ArgumentException($"A call of '{name}' is required, but the request has no such function.", nameof(options)),
                RequiredChatToolMode => HarmonyToolChoice.Required,
                _ => HarmonyToolChoice.Auto,
            },
        };
    }

    static DeveloperContent Declare(DeveloperContent developer, AIFunctionDeclaration function)
    {
        string space = function.AdditionalProperties.GetValueOrDefault(ChoraleChatClient.NamespaceKey) as string ?? Functions;
        ToolNamespace tools = developer.Tools?.GetValueOrDefault(space) ?? new ToolNamespace { Name = space };
        return tools.Tools.Any(other => other.Name == function.Name) ? developer : developer.WithTools(tools with { Tools = [.. tools.Tools, ToolDeclaration.Describe(function)] });
    }

    static bool IsDeclared(DeveloperContent developer, SystemContent system, string name) =>
        (developer.Tools?.Values ?? []).Concat(system.Tools?.Values ?? []).Any(space => space.Name == name || space.Tools.Any(tool => tool.Name == name || $"{space.Name}.{tool.Name}" == name));

    static float? Number(ChatOptions options, string name) => Property(options, name) switch
    {
        null => null,
        JsonElement { ValueKind: JsonValueKind.Number } json => json.GetSingle(),
        IConvertible value and not string => Convert.ToSingle(value, System.Globalization.CultureInfo.InvariantCulture),
        var other => throw Wrong(name, "a number", other),
    };

    static int? Integer(ChatOptions options, string name) => Property(options, name) switch
    {
        null => null,
        JsonElement { ValueKind: JsonValueKind.Number } json when json.TryGetInt32(out int value) => value,
        int value => value,
        long value and >= int.MinValue and <= int.MaxValue => (int)value,
        var other => throw Wrong(name, "a whole number", other),
    };

    static bool? Boolean(ChatOptions options, string name) => Property(options, name) switch
    {
        null => null,
        JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False } json => json.GetBoolean(),
        bool value => value,
        var other => throw Wrong(name, "true or false", other),
    };

    static object? Property(ChatOptions options, string name) => options.AdditionalProperties?.GetValueOrDefault(name);

    static ArgumentException Wrong(string name, string expected, object found) =>
        new($"The additional property '{name}' is {Printable.Quote(found.ToString() ?? "", 40)}, expected {expected}.");
}
