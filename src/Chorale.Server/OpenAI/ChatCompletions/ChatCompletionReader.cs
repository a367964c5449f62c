using System.Text.Json;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>Reads requests of Chat Completions: what OpenAI's API has, and what local servers added. Fields that nobody knows are ignored.</summary>
/// <param name="state">Limits and model.</param>
/// <param name="cache">The reasoning before calls.</param>
sealed class ChatCompletionReader(ServerState state, ReasoningCache cache)
{
    const int MaxRivals = 20;

    /// <summary>Reads one.</summary>
    /// <exception cref="ApiException">Something is not as it must be; <c>param</c> names the place.</exception>
    public ChatCompletionRequest Read(RequestObject request)
    {
        if (request.OptionalText("model") is { Length: > 0 } name)
            state.RequireModel(name);
        RefuseWhatIsNoText(request);
        List<string> warnings = [];
        bool usesFunctions = !request.Has("tools") && request.Has("functions");
        ToolDeclarations tools = ToolDeclarations.Read(request.OptionalArray(usesFunctions ? "functions" : "tools", state.Options.MaxTools), state.Model.Vocabulary);
        warnings.AddRange(tools.Warnings);
        HarmonyToolChoice choice = tools.ReadChoice(request.Get(usesFunctions ? "function_call" : "tool_choice"), warnings);
        ReasoningRequest reasoning = ReasoningRequest.Read(request);
        AnswerFormat? format = FormatRequest.Read(request.OptionalObject("response_format"), state.Model.Vocabulary) ?? GuidedReader.Read(request);
        SystemContent system = ReadSystem(request, reasoning.Effort, out bool hasPython);
        ChatHistory history = ReadMessages(request, tools);
        int? rivals = ReadRivals(request);
        _ = request.OptionalBoolean("parallel_tool_calls");
        return new()
        {
            Messages = history.Messages,
            Options = new()
            {
                System = system,
                Developer = DeveloperOf(Verbosity.AddTo(history.Instructions, request), tools),
                Sampling = SamplingReader.Read(request, state.Model.DefaultSampling, state.Model.Generator.VocabularySize),
                MaxTokens = state.MaxTokens(SamplingReader.ReadLimit(request, "max_completion_tokens", 1) ?? SamplingReader.ReadLimit(request, "max_tokens", 1)),
                StopSequences = StopReader.ReadTexts(request),
                TopLogProbabilities = rivals,
                Answer = format,
                ToolChoice = choice,
                ToolGrammars = tools.Grammars,
                MaxReasoningTokens = reasoning.MaxTokens,
                EnforceFormat = true,
                AnalysisDropping = AnalysisDropping.Template,   // reasoning stays until an answer has followed: agents send tool results, not new questions
            },
            Form = new()
            {
                ShowsReasoning = reasoning.IsShown,
                ReasoningFields = state.Options.ReasoningFields,
                WithLogprobs = rivals is not null,
                UsesFunctions = usesFunctions,
                HasFormat = format is not null,
                CustomTools = hasPython ? new HashSet<string>([.. tools.Custom, "python"], StringComparer.Ordinal) : tools.Custom,
                StopTokenIds = StopReader.ReadIds(request, state.Model.Generator.VocabularySize),
            },
            Choices = request.OptionalInteger("n", 1, state.Options.MaxChoices) ?? 1,
            Stream = request.OptionalBoolean("stream") ?? false,
            IncludesUsage = request.OptionalObject("stream_options")?.OptionalBoolean("include_usage") ?? false,
            ReturnsTokenIds = request.OptionalBoolean("return_token_ids") ?? false,
            Effort = reasoning.Effort.Effective,
            Warnings = warnings,
        };
    }

    ChatHistory ReadMessages(RequestObject request, ToolDeclarations tools)
    {
        RequestValue messages = request.Require("messages");
        IReadOnlyList<RequestValue> list = messages.Array(state.Options.MaxMessages);
        return list.Count > 0 ? ChatMessageReader.Read(list, tools, cache)
            : throw ApiException.Invalid($"Invalid '{messages.Path}': empty array. Expected an array with minimum length 1.", messages.Path, "empty_array");
    }

    SystemContent ReadSystem(RequestObject request, EffortRequest effort, out bool hasPython)
    {
        SystemContent system = SystemMessage.Of(effort, state.Time);
        hasPython = false;
        if (request.OptionalObject("chat_template_kwargs") is not { } template)
            return system;
        if (template.OptionalText("model_identity") is { } identity)
            system = system with { ModelIdentity = identity };
        foreach (RequestValue tool in template.OptionalArray("builtin_tools", state.Options.MaxTools) ?? [])
        {
            string name = tool.Text();
            hasPython |= name == "python";
            system = name switch
            {
                "browser" => system.WithBrowser(),
                "python" => system.WithPython(),
                _ => throw ApiException.Invalid($"Invalid value: '{RequestValue.Shorten(name)}'. Supported values are: 'browser', 'python'.", tool.Path, "invalid_value"),
            };
        }
        return system;
    }

    static DeveloperContent? DeveloperOf(string? instructions, ToolDeclarations tools) =>
        instructions is null && !tools.Any ? null : tools.AddTo(new() { Instructions = instructions });

    /// <summary>How many rivals of each id are told; null tells no log-probabilities.</summary>
    static int? ReadRivals(RequestObject request)
    {
        bool isAsked = request.OptionalBoolean("logprobs") ?? false;
        int? rivals = request.OptionalInteger("top_logprobs", 0, MaxRivals);
        if (rivals > 0 && !isAsked)
            throw ApiException.Invalid("Invalid 'top_logprobs': it needs 'logprobs' to be true.", request.PathOf("top_logprobs"), "invalid_value");
        return isAsked ? rivals ?? 0 : null;
    }

    static void RefuseWhatIsNoText(RequestObject request)
    {
        foreach (RequestValue modality in request.OptionalArray("modalities") ?? [])
        {
            if (modality.Text() != "text")
                throw ApiException.Invalid($"Invalid value: '{RequestValue.Shorten(modality.Text())}'. Supported values are: 'text'.", modality.Path, "unsupported_value");
        }
        if (request.Get("audio") is { } audio)
            throw ApiException.Unsupported("Unsupported 'audio': the model speaks text only.", audio.Path);
        if (request.Get("continue_final_message") is { Kind: JsonValueKind.True } continued)
            throw ApiException.Unsupported("Unsupported 'continue_final_message': a turn begins with a message of its own. Use Completions to go on with a text.", continued.Path);
    }
}
