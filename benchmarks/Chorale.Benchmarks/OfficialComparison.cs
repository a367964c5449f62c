using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Chorale.Harmony;
using Chorale.TestKit;
using Chorale.Tokenization;

namespace Chorale.Benchmarks;

/// <summary>
/// The command <c>official [ROUNDS] [CASE…]</c>: each case that the official implementation was measured with, on the same input, as a table in
/// Markdown beside its recorded figures. Median is the processor time of one run, of so many rounds: on a machine that others use too, the clock
/// counts their work as well. Least is by the clock. The official figures are by the clock, of runs that had the processor to themselves.
/// </summary>
static class OfficialComparison
{
    const double SecondsPerRound = 0.05;
    const double SecondsPerBatch = 0.0005;

    static readonly HarmonyEncoding Encoding = HarmonyEncoding.Default;
    static readonly ArrayBufferWriter<int> Buffer = new(1 << 20);
    static long _read;

    public static void Run(int rounds, HashSet<string> only)
    {
        List<Case> cases = [.. Cases().Where(c => only.Count == 0 || only.Contains(c.Name))];
        foreach (Case c in cases)
            c.WarmUp();
        foreach (Case c in cases)
            for (int round = 0; round < rounds; round++)
                c.Measure();
        Console.WriteLine("| case | input | ids | official, median | ours, median | ratio | official, least | ours, least | ratio | allocated |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (Case c in cases)
            Console.WriteLine(c.Row());
        Console.WriteLine($"\n{rounds} rounds; {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}; read {_read} characters");
    }

    static IEnumerable<Case> Cases()
    {
        using JsonDocument official = JsonDocument.Parse(File.ReadAllText(TestData.PathOf("bench/official.json")));
        foreach (JsonElement result in official.RootElement.GetProperty("results").EnumerateArray())
        {
            string name = result.GetProperty("case").GetString()!, input = result.GetProperty("input").GetString()!;
            double? best = result.TryGetProperty("best_s", out JsonElement b) ? b.GetDouble() : null;
            double? median = result.TryGetProperty("median_s", out JsonElement m) ? m.GetDouble() : null;
            int tokens = result.TryGetProperty("tokens", out JsonElement t) ? t.GetInt32() : 0;
            foreach ((string kind, Action run) in RunsOf(name, input))
                yield return new Case(kind, input.Split('.')[0], tokens, median, best, run);
        }
    }

    /// <summary>What of ours answers to a case; nothing where its input is not kept.</summary>
    static IEnumerable<(string Name, Action Run)> RunsOf(string name, string input)
    {
        switch (name)
        {
            case "load":
                yield return (name, () => GC.KeepAlive(O200kHarmony.Load()));
                break;
            case "encode" when TextOf(input) is { } text:
                yield return (name, () => Encoding.Tokenizer.Encode(text));
                break;
            case "decode" when TextOf(input) is { } text:
                int[] decoded = Encoding.Tokenizer.Encode(text);
                yield return (name, () => Encoding.Tokenizer.Decode(decoded));
                break;
            case "render":
                Conversation conversation = ConversationJson.Read(HarmonyInputs.Conversation(input.Split('.')[0]));
                Conversation before = Conversation.Of(conversation.Messages.SkipLast(1));
                RenderCache cache = new(Encoding, 1 << 20);
                int turn = 0;
                yield return (name, () => Render(conversation));
                yield return ("render, new turn cached", () => Render(cache, before.With(Message.User($"And what is {turn} times {turn++}?"))));
                break;
            case "render_json":
                byte[] json = HarmonyInputs.Conversation(input.Split('.')[0]);
                RenderCache known = new(Encoding, 1 << 20);
                yield return (name, () => Render(ConversationJson.Read(json)));
                yield return ("render_json, cached", () => Render(known, ConversationJson.Read(json)));
                break;
            case "parse" or "parse_delta" or "parse_content":
                int[] ids = HarmonyInputs.Completion(input.Split('.')[0]);
                yield return (name, () => Parse(ids, name));
                break;
            default:
                break;
        }
    }

    static string? TextOf(string input)
    {
        string path = TestData.PathOf($"bench/{input}");
        return File.Exists(path) ? File.ReadAllText(path) : input switch
        {
            "letter_1m.txt" => new string('a', 1_000_000),
            "spaces_1m.txt" => new string(' ', 1_000_000),
            _ => null,
        };
    }

    static void Render(Conversation conversation)
    {
        Buffer.ResetWrittenCount();
        Encoding.RenderForCompletion(conversation, Role.Assistant, null, Buffer);
    }

    static void Render(RenderCache cache, Conversation conversation)
    {
        Buffer.ResetWrittenCount();
        cache.RenderForCompletion(conversation, Role.Assistant, null, Buffer);
    }

    static void Parse(int[] ids, string name)
    {
        HarmonyParser parser = Encoding.CreateParser(Role.Assistant);
        if (name == "parse")
        {
            parser.Push(ids);
        }
        else
        {
            foreach (int id in ids)
            {
                parser.Push(id);
                _read += parser.LastDelta.Length + (name == "parse_content" ? parser.Content.Length : 0);
            }
        }
        parser.Finish();
    }

    sealed class Case(string name, string input, int tokens, double? officialMedian, double? officialBest, Action run)
    {
        readonly List<double> _processorSeconds = [];
        double _least = double.MaxValue;
        int _batch = 1;
        long _allocated = long.MaxValue;

        public string Name => name;

        public void WarmUp()
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < 0.15; i++)
                run();
            while (Time() * _batch < SecondsPerBatch)
                _batch *= 2;
        }

        public void Measure()
        {
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            int batches = 0;
            do
            {
                _least = Math.Min(_least, Time());
                batches++;
            }
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < SecondsPerRound);
            _processorSeconds.Add((Environment.CpuUsage.TotalTime - processor).TotalSeconds / batches / _batch);
        }

        double Time()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < _batch; i++)
                run();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / _batch;
            _allocated = Math.Min(_allocated, (GC.GetAllocatedBytesForCurrentThread() - before) / _batch);
            return seconds;
        }

        public string Row()
        {
            _processorSeconds.Sort();
            double median = _processorSeconds[_processorSeconds.Count / 2];
            return string.Create(CultureInfo.InvariantCulture,
                $"| {name} | `{input}` | {tokens:N0} | {Text(officialMedian)} | {Text(median)} | {Ratio(officialMedian, median)} | {Text(officialBest)} | {Text(_least)} | {Ratio(officialBest, _least)} | {Size(_allocated)} |");
        }

        static string Ratio(double? official, double ours) => official is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds / ours:N1}×") : "";

        static string Text(double? seconds) => seconds switch
        {
            null => "crashes",
            < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:G3} µs"),
            < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:G3} ms"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:G3} s"),
        };

        static string Size(long bytes) => bytes < 10_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} B") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000:N0} kB");
    }
}
