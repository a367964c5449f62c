using System.Collections.Concurrent;
using Chorale.Chat;
using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>What the server has done since its start. Threads share it.</summary>
sealed class ServerMetrics
{
    static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

    readonly ConcurrentDictionary<(string Route, int Status), long> _requests = new();
    readonly ConcurrentDictionary<DiagnosticCode, long> _repairs = new();
    readonly ConcurrentDictionary<ChatFinish, long> _turns = new();
    long _promptTokens;
    long _cachedTokens;
    long _reasoningTokens;
    long _completionTokens;
    long _cacheHits;
    long _queueRefusals;

    /// <summary>From the request to its end.</summary>
    public Histogram RequestDuration { get; } = new(Seconds);

    /// <summary>From the request to its first id.</summary>
    public Histogram TimeToFirstToken { get; } = new(Seconds);

    /// <summary>From one id to the next.</summary>
    public Histogram BetweenTokens { get; } = new(Seconds);

    /// <summary>How long requests waited for their turn.</summary>
    public Histogram QueueTime { get; } = new(Seconds);

    public long PromptTokens => Interlocked.Read(ref _promptTokens);

    public long CachedPromptTokens => Interlocked.Read(ref _cachedTokens);

    public long ReasoningTokens => Interlocked.Read(ref _reasoningTokens);

    public long CompletionTokens => Interlocked.Read(ref _completionTokens);

    /// <summary>Turns that found a part of their prompt in the engine's cache.</summary>
    public long CacheHits => Interlocked.Read(ref _cacheHits);

    public long QueueRefusals => Interlocked.Read(ref _queueRefusals);

    public IReadOnlyDictionary<(string Route, int Status), long> Requests => _requests;

    /// <summary>What the model left unformed and was repaired.</summary>
    public IReadOnlyDictionary<DiagnosticCode, long> Repairs => _repairs;

    /// <summary>Turns by how they ended.</summary>
    public IReadOnlyDictionary<ChatFinish, long> Turns => _turns;

    public void RecordRequest(string route, int status, TimeSpan duration)
    {
        _requests.AddOrUpdate((route, status), 1, static (_, count) => count + 1);
        RequestDuration.Record(duration);
        if (status == 429)
            Interlocked.Increment(ref _queueRefusals);
    }

    public void RecordTurn(ChatTurn turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        RecordUsage(turn.Usage, turn.Finish);
        foreach (HarmonyDiagnostic repair in turn.Repairs)
            _repairs.AddOrUpdate(repair.Code, 1, static (_, count) => count + 1);
    }
    /// <summary>Counts what an answer cost, and how it ended.</summary>
    public void RecordUsage(in ChatUsage usage, ChatFinish finish)
    {
        Interlocked.Add(ref _promptTokens, usage.PromptTokens);
        Interlocked.Add(ref _cachedTokens, usage.CachedPromptTokens);
        Interlocked.Add(ref _reasoningTokens, usage.ReasoningTokens);
        Interlocked.Add(ref _completionTokens, usage.CompletionTokens);
        if (usage.CachedPromptTokens > 0)
            Interlocked.Increment(ref _cacheHits);
        _turns.AddOrUpdate(finish, 1, static (_, count) => count + 1);
    }
}
