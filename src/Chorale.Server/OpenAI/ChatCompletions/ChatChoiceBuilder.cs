using System.Text;

namespace Chorale.Server;

/// <summary>Folds the pieces of a choice into the whole, so that an answer is the same streamed or not.</summary>
sealed class ChatChoiceBuilder(int index)
{
    readonly StringBuilder _content = new(), _reasoning = new(), _reasoningContent = new(), _function = new();
    readonly List<CallBuilder> _calls = [];
    List<TokenLogprob>? _logprobs;
    string? _functionName, _finishReason;
    StopReason? _stopReason;
    IReadOnlyList<string>? _repairs;

    /// <summary>Adds a piece.</summary>
    public void Add(ChatChunkChoice piece)
    {
        ChatDelta delta = piece.Delta;
        _content.Append(delta.Content);
        _reasoning.Append(delta.Reasoning);
        _reasoningContent.Append(delta.ReasoningContent);
        if (delta.FunctionCall is { } function)
        {
            _functionName ??= function.Name;
            _function.Append(function.Arguments);
        }
        foreach (ChatToolCall call in delta.ToolCalls ?? [])
        {
            if (call.Id is not null)
                _calls.Add(new(call));
            _calls[call.Index!.Value].Text.Append(call.Function?.Arguments).Append(call.Custom?.Input);
        }
        if (piece.Logprobs is { } logprobs)
            (_logprobs ??= []).AddRange(logprobs.Content);
        _finishReason ??= piece.FinishReason;
        _stopReason ??= piece.StopReason;
        _repairs ??= piece.Repairs;
    }

    /// <summary>The whole.</summary>
    /// <param name="withLogprobs">Gives an empty list of log-probabilities where nothing was visible.</param>
    /// <param name="tokenIds">All ids, or null.</param>
    public ChatChoice Build(bool withLogprobs, IReadOnlyList<int>? tokenIds)
    {
        bool calls = _calls.Count > 0 || _functionName is not null;
        return new()
        {
            Index = index,
            Message = new()
            {
                Content = calls && _content.Length == 0 ? null : _content.ToString(),
                Reasoning = TextOrNull(_reasoning),
                ReasoningContent = TextOrNull(_reasoningContent),
                ToolCalls = _calls.Count == 0 ? null : [.. _calls.Select(call => call.Build())],
                FunctionCall = _functionName is null ? null : new(_functionName, _function.ToString()),
            },
            Logprobs = withLogprobs ? new(_logprobs ?? []) : null,
            FinishReason = _finishReason ?? "stop",
            StopReason = _stopReason,
            TokenIds = tokenIds,
            Repairs = _repairs,
        };
    }

    static string? TextOrNull(StringBuilder text) => text.Length == 0 ? null : text.ToString();

    sealed class CallBuilder(ChatToolCall first)
    {
        public StringBuilder Text { get; } = new();

        public ChatToolCall Build() => first with
        {
            Index = null,
            Function = first.Function is { } function ? function with { Arguments = Text.ToString() } : null,
            Custom = first.Custom is { } custom ? custom with { Input = Text.ToString() } : null,
        };
    }
}
