using System.Text;

namespace Chorale.Server;

/// <summary>Folds the pieces of a choice into the whole, so that an answer is the same streamed or not.</summary>
sealed class TextChoiceBuilder(int index)
{
    readonly StringBuilder _text = new();
    readonly List<string> _tokens = [];
    readonly List<float?> _logprobs = [];
    readonly List<IReadOnlyDictionary<string, float>?> _rivals = [];
    readonly List<int> _offsets = [];
    readonly List<int> _ids = [];
    IReadOnlyList<int>? _promptIds;
    string? _finishReason;
    StopReason? _stopReason;

    /// <summary>Adds a piece.</summary>
    public void Add(TextChoice piece)
    {
        _text.Append(piece.Text);
        if (piece.Logprobs is { } logprobs)
        {
            _tokens.AddRange(logprobs.Tokens);
            _logprobs.AddRange(logprobs.TokenLogprobs);
            _rivals.AddRange(logprobs.TopLogprobs);
            _offsets.AddRange(logprobs.TextOffset);
        }
        _ids.AddRange(piece.TokenIds ?? []);
        _promptIds ??= piece.PromptTokenIds;
        _finishReason ??= piece.FinishReason;
        _stopReason ??= piece.StopReason;
    }

    /// <summary>The whole.</summary>
    public TextChoice Build(TextCompletionRequest request) => new()
    {
        Index = index,
        Text = _text.ToString(),
        Logprobs = request.TopLogprobs is null ? null : new(_tokens, _logprobs, _rivals, _offsets),
        FinishReason = _finishReason ?? "stop",
        StopReason = _stopReason,
        PromptTokenIds = _promptIds,
        TokenIds = request.ReturnsTokenIds ? _ids : null,
    };
}
