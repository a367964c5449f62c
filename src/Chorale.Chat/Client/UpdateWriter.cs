using Chorale.Harmony;
using Chorale.Inference;
using Microsoft.Extensions.AI;
using TextContent = Microsoft.Extensions.AI.TextContent;

namespace Chorale.Chat;

/// <summary>Tells of a turn in the updates of a chat client: all of one message.</summary>
sealed class UpdateWriter(string model, DateTimeOffset created, ChatRequest request)
{
    readonly string _responseId = $"resp_{Guid.NewGuid():N}", _messageId = $"msg_{Guid.NewGuid():N}";
    readonly List<float> _logProbabilities = [];
    TurnPartKind? _written;
    bool _hasText;
    string? _cutCall;

    /// <summary>Null where there is nothing to tell yet.</summary>
    public ChatResponseUpdate? Write(TurnEvent happened)
    {
        switch (happened)
        {
            case { Kind: TurnEventKind.PartStarted, PartKind: not TurnPartKind.Call } when IsShown(happened.PartKind):
                return Begin(happened);
            case { Kind: TurnEventKind.Delta, PartKind: not TurnPartKind.Call } when IsShown(happened.PartKind):
                return Update(happened, Said(happened.PartKind, happened.Text));
            case { Kind: TurnEventKind.PartCompleted, Part: { Kind: TurnPartKind.Call } part }:
                return Call(happened, part);
            case { Kind: TurnEventKind.TurnCompleted, Turn: { } turn }:
                return End(turn);
            default:
                return null;
        }
    }

    bool IsShown(TurnPartKind kind) => kind != TurnPartKind.Reasoning || request.ShowsReasoning;

    /// <summary>Texts of the same type that come one behind the other would become one: an empty content of another type keeps them apart.</summary>
    ChatResponseUpdate? Begin(TurnEvent happened)
    {
        bool isText = happened.PartKind != TurnPartKind.Reasoning;
        bool follows = _written is { } before && before != TurnPartKind.Call && isText == (before != TurnPartKind.Reasoning);
        _written = happened.PartKind;
        List<AIContent> contents = follows ? [isText ? new TextReasoningContent("") : new TextContent("")] : [];
        if (follows || (isText && _hasText))
            contents.Add(Said(happened.PartKind, MessageReader.Separator));    // for whoever reads the texts joined
        _hasText |= isText;
        return contents.Count == 0 ? null : Update(happened, [.. contents]);
    }

    ChatResponseUpdate? Call(TurnEvent happened, TurnPart part)
    {
        _written = TurnPartKind.Call;
        if (part.Call is not { } call)
        {
            _cutCall = $"{part.ToolName} {part.Text}";
            return null;
        }
        Exception? problem = null;
        Dictionary<string, object?>? arguments = call is { Tool: null, IsDeclared: true }
            ? new(StringComparer.Ordinal) { [CallArguments.TextInput] = call.Arguments }
            : CallArguments.Read(call.Arguments, out problem);
        return Update(happened, new FunctionCallContent($"call_{Guid.NewGuid():N}", call.Name, arguments ?? new(StringComparer.Ordinal))
        {
            Exception = problem,
            RawRepresentation = call,
            AdditionalProperties = new()
            {
                [ChoraleChatClient.ArgumentsKey] = call.Arguments,
                [ChoraleChatClient.ChannelKey] = call.Message.Channel,
                [ChoraleChatClient.NamespaceKey] = call.Namespace,
            },
        });
    }

    static AIContent Said(TurnPartKind kind, string text)
    {
        AdditionalPropertiesDictionary properties = new() { [ChoraleChatClient.ChannelKey] = ChannelOf(kind) };
        return kind == TurnPartKind.Reasoning ? new TextReasoningContent(text) { AdditionalProperties = properties } : new TextContent(text) { AdditionalProperties = properties };
    }

    static string ChannelOf(TurnPartKind kind) => kind switch
    {
        TurnPartKind.Reasoning => Channels.Analysis,
        TurnPartKind.Preamble => Channels.Commentary,
        _ => Channels.Final,
    };

    ChatResponseUpdate End(ChatTurn turn)
    {
        ChatResponseUpdate update = Update([new UsageContent(UsageOf(turn.Usage))], turn);
        update.FinishReason = FinishOf(turn);
        AdditionalPropertiesDictionary properties = new()
        {
            [ChoraleChatClient.TokenIdsKey] = turn.TokenIds.ToArray(),
            [ChoraleChatClient.PromptTokensKey] = turn.Usage.PromptTokens,
        };
        if (_logProbabilities.Count > 0)
            properties[ChoraleChatClient.LogProbabilitiesKey] = _logProbabilities.ToArray();
        if (turn.Repairs.Count > 0)
            properties[ChoraleChatClient.RepairsKey] = turn.Repairs.Select(repair => repair.ToString()).ToArray();
        if (turn.StopSequence is not null)
            properties[ChoraleChatClient.StopSequenceKey] = turn.StopSequence;
        if (_cutCall is not null)
            properties[ChoraleChatClient.CutCallKey] = _cutCall;
        if (request.Notes.Count > 0)
            properties[ChoraleChatClient.NotesKey] = request.Notes.ToArray();
        update.AdditionalProperties = properties;
        return update;
    }

    static ChatFinishReason FinishOf(ChatTurn turn) => turn.Finish switch
    {
        ChatFinish.MaxTokens or ChatFinish.ContextLength => ChatFinishReason.Length,
        _ => turn.Calls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
    };

    static UsageDetails UsageOf(ChatUsage usage) => new()
    {
        InputTokenCount = usage.PromptTokens,
        OutputTokenCount = usage.CompletionTokens,
        TotalTokenCount = usage.TotalTokens,
        CachedInputTokenCount = usage.CachedPromptTokens,
        ReasoningTokenCount = usage.ReasoningTokens,
        AdditionalCounts = new() { ["commentary_tokens"] = usage.CommentaryTokens, ["final_tokens"] = usage.FinalTokens, ["other_tokens"] = usage.OtherTokens },
    };

    ChatResponseUpdate Update(TurnEvent happened, params AIContent[] contents)
    {
        ChatResponseUpdate update = Update(contents, happened);
        if (happened.Tokens.Count == 0)
            return update;
        update.AdditionalProperties = new() { [ChoraleChatClient.TokenIdsKey] = happened.Tokens.Select(token => token.Id).ToArray() };
        if (happened.Tokens.All(token => token.LogProbability is not null))
        {
            float[] logProbabilities = [.. happened.Tokens.Select(token => token.LogProbability!.Value)];
            update.AdditionalProperties[ChoraleChatClient.LogProbabilitiesKey] = logProbabilities;
            _logProbabilities.AddRange(logProbabilities);
        }
        return update;
    }

    ChatResponseUpdate Update(IList<AIContent> contents, object raw) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _responseId,
        MessageId = _messageId,
        ModelId = model,
        CreatedAt = created,
        RawRepresentation = raw,
    };
}
