using System.Globalization;
using Chorale.Chat;

namespace Chorale.Cli;

/// <summary>Times a turn and says what it cost.</summary>
sealed class TurnClock(TimeProvider time)
{
    readonly long _start = time.GetTimestamp();
    long _first;
    long _last;
    int _ids;

    public void Tick(ChatUpdate update)
    {
        if (update.TokenId is null)
            return;
        _last = time.GetTimestamp();
        if (_ids++ == 0)
            _first = _last;
    }

    /// <summary>Time until the first id; zero where there was none.</summary>
    public TimeSpan ToFirst => _ids == 0 ? TimeSpan.Zero : time.GetElapsedTime(_start, _first);

    /// <summary>Time until the last id.</summary>
    public TimeSpan Total => _ids == 0 ? TimeSpan.Zero : time.GetElapsedTime(_start, _last);

    /// <summary>Ids a second after the first one, as decoding speed is given everywhere; null with fewer than two ids.</summary>
    public double? TokensPerSecond => _ids > 1 && _last > _first ? (_ids - 1) / time.GetElapsedTime(_first, _last).TotalSeconds : null;

    public string Describe(ChatUsage usage)
    {
        string cached = usage.CachedPromptTokens > 0 ? $" ({usage.CachedPromptTokens} cached)" : "";
        string speed = TokensPerSecond is { } rate ? rate.ToString("N0", CultureInfo.InvariantCulture) + " tokens/s, " : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"[prompt {usage.PromptTokens}{cached}, reasoning {usage.ReasoningTokens}, answer {usage.CompletionTokens - usage.ReasoningTokens} tokens; {speed}first after {ToFirst.TotalSeconds:0.00} s, all after {Total.TotalSeconds:0.00} s]");
    }
}
