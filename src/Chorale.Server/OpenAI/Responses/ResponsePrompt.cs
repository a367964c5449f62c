using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>What a request means to the model: how to talk, and what was said. It knows nothing of HTTP or stores.</summary>
/// <param name="Options">How the session talks.</param>
/// <param name="Messages">What was said, oldest first.</param>
sealed record ResponsePrompt(ChatSessionOptions Options, IReadOnlyList<Message> Messages)
{
    /// <summary>The least room for an answer that leaving out old messages makes, in ids, where the request names no limit.</summary>
    const int LeastRoom = 1024;

    /// <summary>Makes the prompt of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="read">The items that it and the responses before it hold.</param>
    /// <param name="maxTokens">How many ids the answer may have; null leaves it to the context.</param>
    /// <param name="time">Whose day the system message names.</param>
    public static ResponsePrompt Of(ResponseRequest request, InputReader read, int? maxTokens, TimeProvider time)
    {
        string? instructions = Verbosity.AddTo(string.Join("\n\n", read.Instructions.Prepend(request.Instructions).Where(text => !string.IsNullOrEmpty(text))), request.Verbosity);
        DeveloperContent developer = request.Tools.AddTo(new() { Instructions = string.IsNullOrEmpty(instructions) ? null : instructions });
        ChatSessionOptions options = new()
        {
            System = SystemMessage.Of(request.Effort, time),
            Developer = developer.Instructions is null && !request.Tools.Any ? null : developer,
            Sampling = request.Sampling,
            MaxTokens = maxTokens,
            MaxReasoningTokens = request.Effort.MaxReasoningTokens,
            Answer = request.Format,
            ToolChoice = request.ToolChoice,
            ToolGrammars = request.Tools.Grammars,
            StopSequences = request.StopSequences,
            TopLogProbabilities = request.Logprobs ? request.TopLogprobs : null,
            EnforceFormat = true,
            AnalysisDropping = request.KeepsReasoning ? AnalysisDropping.None : AnalysisDropping.Template,
        };
        return new(options, read.Messages);
    }

    /// <summary>The ids that the model would be given.</summary>
    public int CountTokens(ServedModel model) => model.NewSession(Options).RenderPrompt(Messages).Length;

    /// <summary>Renders the prompt and compiles what the answer is held to.</summary>
    /// <param name="model">The model.</param>
    /// <param name="truncates">Whether the oldest messages are left out where the prompt does not fit.</param>
    /// <param name="warnings">Takes what was left out.</param>
    /// <exception cref="ApiException">The prompt does not fit, or what is asked for cannot be done.</exception>
    public PreparedTurn Prepare(ServedModel model, bool truncates, List<string> warnings)
    {
        try
        {
            return PrepareTurn(model, Messages);
        }
        catch (PromptTooLongException) when (truncates && FindWhatFits(model) is { } kept)
        {
            warnings.Add($"The prompt was too long: the {Messages.Count - kept.Count} oldest messages were left out.");
            return PrepareTurn(model, kept);
        }
        catch (PromptTooLongException e)
        {
            throw ApiException.ContextLengthExceeded(e.PromptLength, e.ContextLength, "input");
        }
        catch (GrammarException e)
        {
            bool isFormat = Options.Answer is not null && Options.Developer?.Tools is not { Count: > 0 };
            throw new ApiException(400, e.Message, isFormat ? "text.format" : "tools", isFormat ? "invalid_json_schema" : "invalid_function_parameters", innerException: e);
        }
    }

    PreparedTurn PrepareTurn(ServedModel model, IReadOnlyList<Message> messages) => TurnPreparation.Prepare(model.Generator, model.Encoding, Options, messages);

    /// <summary>As many of the latest messages as fit, results without their call left out too; null where not even the last one does.</summary>
    IReadOnlyList<Message>? FindWhatFits(ServedModel model)
    {
        int room = Math.Min(Options.MaxTokens ?? LeastRoom, model.ContextLength / 4);
        int fits = 0, tooMany = Messages.Count;    // by how many of the latest are kept
        while (tooMany - fits > 1)
        {
            int middle = (fits + tooMany) / 2;
            if (model.NewSession(Options).RenderPrompt(Messages.Skip(Messages.Count - middle)).Length + room <= model.ContextLength)
                fits = middle;
            else
                tooMany = middle;
        }
        Message[] kept = [.. Messages.Skip(Messages.Count - fits).SkipWhile(message => message.Role == Role.Tool)];
        return kept.Length > 0 ? kept : null;
    }
}
