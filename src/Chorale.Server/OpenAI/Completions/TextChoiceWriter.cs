using Chorale.Chat;
using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Server;

/// <summary>Turns the ids of one continuation into the pieces of its choice.</summary>
/// <param name="request">How the client wants to read it.</param>
/// <param name="prompt">What is continued.</param>
/// <param name="index">Which choice it is.</param>
/// <param name="stopIds">Ids that end it.</param>
/// <param name="tokenizer">Spells ids.</param>
sealed class TextChoiceWriter(TextCompletionRequest request, TextPrompt prompt, int index, IReadOnlyList<int> stopIds, Tokenizer tokenizer)
{
    readonly IncrementalDecoder _decoder = new(tokenizer);
    readonly StopSequenceFilter _stops = new(request.StopSequences);
    char[] _characters = new char[256];
    int _offset;

    /// <summary>Whether a stop text was found, so that no further id is wanted.</summary>
    public bool IsStopped => _stops.Found is not null;

    /// <summary>Whether the last piece was given.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether a limit cut it.</summary>
    public bool WasCut { get; private set; }

    /// <summary>Ids generated so far.</summary>
    public int Count { get; private set; }

    /// <summary>Ids of the prompt that the engine still knew.</summary>
    public int CachedPromptTokens { get; private set; }

    /// <summary>The beginning: the prompt where it is to be echoed or its ids are to be told; null where neither is.</summary>
    public TextChoice? Begin()
    {
        if (!request.Echo && !request.ReturnsTokenIds)
            return null;
        string text = request.Echo ? prompt.Text ?? Decode(prompt.Ids) : "";
        _offset = text.Length;
        return new() { Index = index, Text = text, PromptTokenIds = request.ReturnsTokenIds ? prompt.Ids : null };
    }

    /// <summary>What an id adds; null where the client sees nothing of it yet.</summary>
    public TextChoice? Next(GeneratedToken token)
    {
        Count++;
        CachedPromptTokens = token.CachedPromptTokens;
        bool isStopId = token.Finish == FinishReason.Stop && stopIds.Contains(token.Id);
        bool isHidden = (request.SkipsSpecials && tokenizer.IsSpecial(token.Id)) || (isStopId && !request.IncludesStop);
        string spelled = isHidden ? "" : Append(token.Id);
        if (token.Finish is not null)
            spelled += Flush();
        TextLogprobs? logprobs = request.TopLogprobs is null ? null : LogprobsOf(token);
        _offset += spelled.Length;
        string text = _stops.Push(spelled);
        if (IsStopped)
            return Finish(request.IncludesStop ? text + _stops.Found : text, "stop", new(_stops.Found, TokenId: null), logprobs, token.Id);
        if (token.Finish is { } finish)
        {
            text += _stops.Finish();
            StopReason? reason = isStopId && request.StopTokenIds.Contains(token.Id) ? new(Text: null, token.Id) : null;
            return Finish(text, finish is FinishReason.MaxTokens or FinishReason.ContextLength ? "length" : "stop", reason, logprobs, token.Id);
        }
        bool isSilent = text.Length == 0 && logprobs is null && !request.ReturnsTokenIds;
        return isSilent ? null : new() { Index = index, Text = text, Logprobs = logprobs, TokenIds = Ids(token.Id) };
    }

    /// <summary>The end of an answer that broke off behind its last id, as where no id was wanted, or the time was up.</summary>
    public TextChoice End() => Finish(_stops.Push(Flush()) + _stops.Finish(), "length", stopReason: null, logprobs: null, id: null);

    TextChoice Finish(string text, string finishReason, StopReason? stopReason, TextLogprobs? logprobs, int? id)
    {
        HasEnded = true;
        WasCut = finishReason == "length";
        return new() { Index = index, Text = text, FinishReason = finishReason, StopReason = stopReason, Logprobs = logprobs, TokenIds = id is { } last ? Ids(last) : null };
    }

    IReadOnlyList<int>? Ids(int id) => request.ReturnsTokenIds ? [id] : null;

    TextLogprobs LogprobsOf(GeneratedToken token)
    {
        // Rivals that spell alike, as parts of characters do, keep the more likely one: a map has room for one.
        Dictionary<string, float> rivals = new(StringComparer.Ordinal);
        foreach (TokenLogProbability rival in token.TopLogProbabilities)
            rivals.TryAdd(Logprobs.TextOf(tokenizer, rival.Id), Logprobs.Finite(rival.LogProbability));
        return new([Logprobs.TextOf(tokenizer, token.Id)], [Logprobs.Finite(token.LogProbability ?? 0)], [rivals], [_offset]);
    }

    string Decode(ReadOnlySpan<int> ids)
    {
        if (!request.SkipsSpecials)
            return tokenizer.DecodeLossy(ids);
        List<int> ordinary = new(ids.Length);
        foreach (int id in ids)
        {
            if (!tokenizer.IsSpecial(id))
                ordinary.Add(id);
        }
        return tokenizer.DecodeLossy(ordinary.ToArray());
    }

    string Append(int id)
    {
        if (_characters.Length < _decoder.MaxChars)
            _characters = new char[_decoder.MaxChars];
        return new(_characters, 0, _decoder.Append(id, _characters));
    }

    string Flush() => new(_characters, 0, _decoder.Flush(_characters));
}
