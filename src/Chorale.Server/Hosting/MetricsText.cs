using System.Globalization;
using System.Text;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>What the server has done, as Prometheus reads it.</summary>
/// <remarks>Source: the text format of exposition, version 0.0.4.</remarks>
sealed class MetricsText
{
    readonly StringBuilder _text = new();

    /// <summary>Writes all of it.</summary>
    public string Write(ServerState state)
    {
        ServerMetrics metrics = state.Metrics;
        GeneratorStatistics engine = state.Model.Statistics;
        Head("chorale_build_info", "gauge", "The version and the model that is served.");
        Line("chorale_build_info", $"version=\"{Escape(ServerVersion.Text)}\",model=\"{Escape(state.Model.Id)}\"", 1);

        Gauge("chorale_requests_running", "Requests that are being answered.", state.Admission.Running);
        Gauge("chorale_requests_waiting", "Requests that wait for their turn.", state.Admission.Waiting);
        Head("chorale_requests_total", "counter", "Requests by route and status.");
        foreach (((string route, int status), long count) in metrics.Requests.OrderBy(entry => entry.Key.Route, StringComparer.Ordinal).ThenBy(entry => entry.Key.Status))
            Line("chorale_requests_total", string.Create(CultureInfo.InvariantCulture, $"route=\"{Escape(route)}\",status=\"{status}\""), count);
        Counter("chorale_requests_refused_total", "Requests that were refused because the queue was full.", metrics.QueueRefusals);

        Counter("chorale_prompt_tokens_total", "Ids of prompts.", metrics.PromptTokens);
        Counter("chorale_prompt_tokens_cached_total", "Ids of prompts that were not computed again.", metrics.CachedPromptTokens);
        Counter("chorale_generation_tokens_total", "Generated ids.", metrics.CompletionTokens);
        Counter("chorale_reasoning_tokens_total", "Generated ids of reasoning.", metrics.ReasoningTokens);
        Counter("chorale_cache_hits_total", "Answers that found a part of their prompt in the cache.", metrics.CacheHits);
        Head("chorale_turns_total", "counter", "Answers by how they ended.");
        foreach ((Chat.ChatFinish finish, long count) in metrics.Turns.OrderBy(entry => entry.Key))
            Line("chorale_turns_total", $"finish=\"{NameOf(finish)}\"", count);
        Head("chorale_harmony_repairs_total", "counter", "What the model left unformed and was repaired, by code.");
        foreach ((DiagnosticCode code, long count) in metrics.Repairs.OrderBy(entry => entry.Key))
            Line("chorale_harmony_repairs_total", $"code=\"{DiagnosticCodes.NameOf(code)}\"", count);

        Histogram("chorale_request_duration_seconds", "From a request to the end of its answer.", metrics.RequestDuration);
        Histogram("chorale_queue_time_seconds", "From a request to its turn.", metrics.QueueTime);
        Histogram("chorale_time_to_first_token_seconds", "From a request to the first text.", metrics.TimeToFirstToken);
        Histogram("chorale_inter_token_latency_seconds", "From one text to the next.", metrics.BetweenTokens);

        Counter("chorale_engine_steps_total", "Passes through the model.", engine.Steps);
        Counter("chorale_engine_forced_tokens_total", "Ids that a grammar forced.", engine.ForcedTokens);
        Counter("chorale_engine_proposed_tokens_total", "Ids that were guessed ahead.", engine.ProposedTokens);
        Counter("chorale_engine_accepted_tokens_total", "Guessed ids that turned out right.", engine.AcceptedTokens);
        Counter("chorale_engine_cache_evictions_total", "Kept sequences that had to go.", engine.CacheEvictions);
        Gauge("chorale_engine_running_bytes", "Bytes of keys and values of answers in the making.", engine.RunningBytes);
        Gauge("chorale_engine_idle_bytes", "Bytes of keys and values that are kept.", engine.IdleBytes);
        return _text.ToString();
    }

    void Head(string name, string type, string help) => _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    void Line(string name, string labels, long value) => _text.Append(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {value}\n");

    void Gauge(string name, string help, long value)
    {
        Head(name, "gauge", help);
        _text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }

    void Counter(string name, string help, long value)
    {
        Head(name, "counter", help);
        _text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }

    void Histogram(string name, string help, Histogram histogram)
    {
        Head(name, "histogram", help);
        long[] counts = histogram.Counts();
        long sum = 0;
        for (int i = 0; i < histogram.Bounds.Count; i++)
        {
            sum += counts[i];
            Line($"{name}_bucket", string.Create(CultureInfo.InvariantCulture, $"le=\"{histogram.Bounds[i]}\""), sum);
        }
        sum += counts[^1];
        Line($"{name}_bucket", "le=\"+Inf\"", sum);
        _text.Append(CultureInfo.InvariantCulture, $"{name}_sum {histogram.Sum.TotalSeconds}\n{name}_count {sum}\n");
    }

    static string Escape(string label) => label.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    static string NameOf(Chat.ChatFinish finish) => finish switch
    {
        Chat.ChatFinish.ToolCall => "tool_call",
        Chat.ChatFinish.MaxTokens => "max_tokens",
        Chat.ChatFinish.ContextLength => "context_length",
        Chat.ChatFinish.Cancelled => "cancelled",
        _ => "stop",
    };
}
