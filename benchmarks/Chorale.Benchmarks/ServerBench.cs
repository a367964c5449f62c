using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;
using Chorale.Server;
using Microsoft.AspNetCore.Builder;

namespace Chorale.Benchmarks;

/// <summary>
/// The command <c>server [PART…]</c>: what the server costs over the engine, as tables in Markdown. Parts: <c>overhead</c>, the same turns in the process and over loopback,
/// in pairs; <c>streams</c>, many streams at once; <c>start</c>, from the start of <c>chorale serve</c> to its first answer. All without an argument.
/// </summary>
static class ServerBench
{
    const int Streams = 200, StreamTokens = 1000;

    static readonly string[] Parts = ["overhead", "streams", "start"];

    public static async Task RunAsync(string[] parts)
    {
        if (parts.FirstOrDefault(part => !Parts.Contains(part)) is { } unknown)
            throw new ArgumentException($"'{unknown}' is none of {string.Join(", ", Parts)}.", nameof(parts));
        if (parts.Length == 0)
            parts = Parts;
        Console.WriteLine(Line($"{System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors"));
        if (parts.Contains("overhead"))
        {
            Console.WriteLine("\n| answer | asked | first token, ms, median (p90) | token, µs, median (p90) | CPU of a turn, client included, ms |\n|---|---|---|---|---|");
            await MeasureOverheadAsync("scripted, 200 tokens as fast as they are read", Scripted(200), "Hi", rounds: 300);
            await MeasureOverheadAsync("scripted, tokens 5 ms or more apart", Scripted(20, TimeSpan.FromMilliseconds(5)), "Hi", rounds: 100);
            using ChatModel nano = ChatModel.OpenEmbedded();
            await MeasureOverheadAsync("gpt-oss-nano", nano, "What is the capital of Japan? And what is 17 + 25?", rounds: 60);
        }
        if (parts.Contains("streams"))
        {
            Console.WriteLine(Line($"\n{Streams} streams of {StreamTokens} tokens at once, the client in the same process:\n\n| API | events/s | events | time, s | memory before, MB | peak | after |\n|---|---|---|---|---|---|---|"));
            await MeasureStreamsAsync("Chat Completions", "/v1/chat/completions", """{"messages":[{"role":"user","content":"Hi"}],"stream":true}""");
            await MeasureStreamsAsync("Responses", "/v1/responses", """{"input":"Hi","stream":true,"store":false}""");
            await MeasureStreamsAsync("Responses, stored", "/v1/responses", """{"input":"Hi","stream":true}""");
        }
        if (parts.Contains("start"))
            await MeasureStartAsync();
    }

    /// <summary>An answer of so many words, and a thought before it.</summary>
    static ChatModel Scripted(int tokens, TimeSpan delay = default)
    {
        string text = string.Concat("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>", string.Concat(Enumerable.Repeat(" word", tokens)), "<|return|>");
        return ChatModel.Of("scripted", new ScriptedGenerator(HarmonyEncoding.Default, [new ScriptedAnswer(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(text)) { Delay = delay }]), HarmonyEncoding.Default);
    }

    static async Task MeasureOverheadAsync(string name, ChatModel model, string question, int rounds)
    {
        ServedModel served = new(model);
        served.WarmUp();
        await using WebApplication app = await StartAsync(served, parallel: 4);
        using HttpClient client = new() { BaseAddress = new(app.Urls.First()) };
        (string Name, Func<Task<(double First, double Each)>> Ask)[] ways =
        [
            ("in the process", () => AskSessionAsync(served, question)),
            ("Chat Completions", () => AskServerAsync(client, "/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"{{question}}"}],"stream":true}""", "\"content\":\"")),
            ("Responses", () => AskServerAsync(client, "/v1/responses", $$"""{"input":"{{question}}","stream":true,"store":false}""", "text.delta")),
        ];
        double[] cpu = new double[ways.Length];    // what it takes, however busy the machine is with other things
        List<double>[] first = [.. ways.Select(_ => new List<double>())], each = [.. ways.Select(_ => new List<double>())];
        for (int round = -rounds / 3; round < rounds; round++)
        {
            for (int way = 0; way < ways.Length; way++)    // in turns, so that what else the machine does falls on all alike
            {
                TimeSpan before = Environment.CpuUsage.TotalTime;
                (double firstToken, double token) = await ways[way].Ask();
                if (round < 0)
                    continue;
                cpu[way] += (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
                first[way].Add(firstToken);
                each[way].Add(token);
            }
        }
        for (int way = 0; way < ways.Length; way++)
            Console.WriteLine(Line($"| {name} | {ways[way].Name} | {At(first[way], 0.5):f3} ({At(first[way], 0.9):f3}) | {At(each[way], 0.5) * 1000:f1} ({At(each[way], 0.9) * 1000:f1}) | {cpu[way] / rounds:f2} |"));
        for (int way = 1; way < ways.Length; way++)
            Console.WriteLine(Line($"| {name} | {ways[way].Name}: more than in the process | {Difference(first, way):f3} | {Difference(each, way) * 1000:f1} | {(cpu[way] - cpu[0]) / rounds:f2} |"));

        static double Difference(List<double>[] times, int way) => At([.. times[way].Zip(times[0], (server, session) => server - session)], 0.5);
    }

    static async Task<(double First, double Each)> AskSessionAsync(ServedModel model, string question)
    {
        long start = Stopwatch.GetTimestamp(), first = 0, last = 0;
        int tokens = 0;
        PreparedTurn turn = model.NewSession(new() { Sampling = model.DefaultSampling, EnforceFormat = true, AnalysisDropping = AnalysisDropping.Template }).Prepare([Message.User(question)]);
        await foreach (TurnEvent happened in turn.StreamPartsAsync())
        {
            if (happened.Kind != TurnEventKind.Delta)
                continue;
            last = Stopwatch.GetTimestamp();
            first = first == 0 ? last : first;
            tokens++;
        }
        return (Stopwatch.GetElapsedTime(start, first).TotalMilliseconds, Stopwatch.GetElapsedTime(first, last).TotalMilliseconds / Math.Max(1, tokens - 1));
    }

    /// <summary>Times a turn over HTTP.</summary>
    /// <param name="client">Keeps its connection.</param>
    /// <param name="path">Of the API.</param>
    /// <param name="request">Streams.</param>
    /// <param name="delta">What a line has that brings text.</param>
    static async Task<(double First, double Each)> AskServerAsync(HttpClient client, string path, string request, string delta)
    {
        long start = Stopwatch.GetTimestamp(), first = 0, last = 0;
        int tokens = 0;
        using HttpResponseMessage response = await PostAsync(client, path, request);
        using StreamReader lines = new(await response.Content.ReadAsStreamAsync(), Encoding.UTF8);
        while (await lines.ReadLineAsync() is { } line)
        {
            bool isDelta = line.StartsWith("data: ", StringComparison.Ordinal)
                && (line.Contains(delta, StringComparison.Ordinal) || line.Contains("\"reasoning\":\"", StringComparison.Ordinal)) && !line.Contains("\"content\":\"\"", StringComparison.Ordinal);
            if (!isDelta)
                continue;
            last = Stopwatch.GetTimestamp();
            first = first == 0 ? last : first;
            tokens++;
        }
        return (Stopwatch.GetElapsedTime(start, first).TotalMilliseconds, Stopwatch.GetElapsedTime(first, last).TotalMilliseconds / Math.Max(1, tokens - 1));
    }

    static async Task MeasureStreamsAsync(string name, string path, string request)
    {
        using ChatModel model = Scripted(StreamTokens);
        ServedModel served = new(model);
        served.WarmUp();
        await using WebApplication app = await StartAsync(served, parallel: Streams);
        using SocketsHttpHandler handler = new() { MaxConnectionsPerServer = Streams };
        using HttpClient client = new(handler) { BaseAddress = new(app.Urls.First()) };
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CountAsync(client, path, request)));    // compiled before it is measured

        double before = MemoryAfterCollection();
        using PeakMemory peak = new();
        long start = Stopwatch.GetTimestamp();
        long[] events = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => CountAsync(client, path, request)));
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        double most = peak.Stop();
        double after = MemoryAfterCollection();
        Console.WriteLine(Line($"| {name} | {events.Sum() / took.TotalSeconds:n0} | {events.Sum():n0} | {took.TotalSeconds:f2} | {before:f0} | {most:f0} | {after:f0} |"));
    }

    /// <summary>How many frames a stream has.</summary>
    static async Task<long> CountAsync(HttpClient client, string path, string request)
    {
        using HttpResponseMessage response = await PostAsync(client, path, request);
        response.EnsureSuccessStatusCode();
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[16 * 1024];
        long frames = 0;
        byte last = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            ReadOnlySpan<byte> bytes = buffer.AsSpan(0, read);
            if (last == '\n' && bytes[0] == '\n')
                frames++;
            frames += bytes.Count("\n\n"u8);
            last = bytes[^1];
        }
        return frames;
    }

    static async Task MeasureStartAsync()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "chorale.dll");
        string address = "http://127.0.0.1:18765";
        using HttpClient client = new() { BaseAddress = new(address) };
        List<double> times = [];
        for (int round = 0; round < 7; round++)
        {
            long start = Stopwatch.GetTimestamp();
            using Process process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, "serve", "--urls", address]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            _ = process.StandardError.ReadToEndAsync();
            _ = process.StandardOutput.ReadToEndAsync();
            try
            {
                await AnswerAsync(client);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }
        Console.WriteLine("\n| from the start of `chorale serve` to | median, ms | longest |\n|---|---|---|");
        Console.WriteLine(Line($"| the end of its first answer, gpt-oss-nano | {At(times, 0.5):f0} | {times.Max():f0} |"));
    }

    /// <summary>Asks until there is somebody who answers.</summary>
    static async Task AnswerAsync(HttpClient client)
    {
        while (true)
        {
            try
            {
                using HttpResponseMessage response = await PostAsync(client, "/v1/chat/completions", """{"messages":[{"role":"user","content":"What is 17 + 25?"}]}""");
                string answer = await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
                if (!answer.Contains("42", StringComparison.Ordinal))
                    throw new InvalidOperationException(answer);
                return;
            }
            catch (HttpRequestException e) when (e.StatusCode is null)
            {
                await Task.Delay(5);
            }
        }
    }

    static async Task<WebApplication> StartAsync(ServedModel model, int parallel)
    {
        WebApplication app = ChoraleServer.Build(new() { Urls = ["http://127.0.0.1:0"], Parallel = parallel }, model);
        await app.StartAsync();
        return app;
    }

    static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string json)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = MediaTypeHeaderValue.Parse("application/json") } } };
        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    static double MemoryAfterCollection()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true) / 1e6;
    }

    static double At(List<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }

    static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Looks at the managed heap now and then and keeps the most.</summary>
    sealed class PeakMemory : IDisposable
    {
        readonly Timer _timer;
        long _most;

        public PeakMemory() => _timer = new(_ => Look(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));

        /// <summary>The most there was.</summary>
        /// <returns>Megabytes.</returns>
        public double Stop()
        {
            _timer.Change(Timeout.Infinite, Timeout.Infinite);
            Look();
            return Interlocked.Read(ref _most) / 1e6;
        }

        public void Dispose() => _timer.Dispose();

        void Look()
        {
            long now = GC.GetTotalMemory(forceFullCollection: false);
            long most;
            while (now > (most = Interlocked.Read(ref _most)) && Interlocked.CompareExchange(ref _most, now, most) != most)
            {
                // another look was quicker
            }
        }
    }
}
