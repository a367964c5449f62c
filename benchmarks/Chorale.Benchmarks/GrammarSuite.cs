using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Chorale.Grammar;
using Chorale.TestKit;

namespace Chorale.Benchmarks;

/// <summary>
/// The command <c>grammar-suite [ROUNDS] [ID…]</c>: what the schemas of <c>testdata/schemas/suite.jsonl</c> cost over the vocabulary of gpt-oss, as tables in Markdown.
/// Compiling is from parsed JSON to a grammar that gives masks. Masks are those before each token of each valid instance: at first sight, when the
/// grammar has just been compiled, once over a vocabulary that is new and once over one where what grammars share is there, and warm, when all of its instances have been through it.
/// </summary>
static class GrammarSuite
{
    public static void Run(int rounds, HashSet<string> only)
    {
        long start = Stopwatch.GetTimestamp();
        GrammarVocabulary vocabulary = GrammarVocabulary.O200kHarmony;
        Console.WriteLine(Line($"vocabulary: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:f1} ms, {vocabulary.Tokenizer.VocabularySize} ids"));
        List<Case> cases = [.. Jsonl.Elements("schemas/suite.jsonl").Select(line => new Case(line)).Where(c => only.Count == 0 || only.Any(name => c.Id.StartsWith(name, StringComparison.Ordinal)))];

        List<double> firstCompile = [], compile = [], sight = [], warm = [], tight = [], accept = [], perSchema = [];
        long allocated = 0;
        List<double> bytes = [];
        foreach (Case c in cases)
            firstCompile.Add(c.Compile(vocabulary));
        foreach (Case c in cases)
            c.Masks(vocabulary, [], [], isTight: false);
        foreach (Case c in cases)
        {
            double[] times = [.. Enumerable.Range(0, rounds).Select(_ => c.Compile(vocabulary)).Order()];
            compile.Add(times[times.Length / 2]);
        }
        foreach (Case c in cases)
        {
            c.Compile(vocabulary);
            List<double> own = [];
            c.Masks(vocabulary, own, [], isTight: false);
            sight.AddRange(own);
            own.Clear();
            long ofCase = 0;
            for (int round = 0; round < rounds; round++)
                ofCase += c.Masks(vocabulary, own, accept, isTight: false);
            allocated += ofCase;
            bytes.Add((double)ofCase / own.Count);
            warm.AddRange(own);
            perSchema.Add(own.Average());
            c.Masks(vocabulary, tight, [], isTight: true);
        }
        // Over a vocabulary that no grammar was compiled for: every automaton and every mask is made anew.
        GrammarVocabulary fresh = new(vocabulary.Tokenizer);
        List<double> newCompile = [], newSight = [];
        foreach (Case c in cases)
        {
            newCompile.Add(c.Compile(fresh));
            c.Masks(fresh, newSight, [], isTight: false);
        }
        Console.WriteLine($"\n| {cases.Count} schemas | mean | median | p90 | p99 | max |\n|---|---|---|---|---|---|");
        Row("compile, first of the process, ms", firstCompile, 1e-3);
        Row("compile, nothing shared from before, ms", newCompile, 1e-3);
        Row("compile, warm, ms", compile, 1e-3);
        Row("mask at first sight, nothing shared from before, µs", newSight, 1);
        Row("mask at first sight, µs", sight, 1);
        Row("mask, warm, µs", warm, 1);
        Row("mask, warm, mean of each schema, µs", perSchema, 1);
        Row("mask, warm, when the budget just suffices for the instance, µs", tight, 1);
        Row("accept, warm, µs", accept, 1);
        Console.WriteLine(Line($"\n{warm.Count / rounds} masks, {rounds} rounds; allocated by a warm mask: {(double)allocated / warm.Count:f1} bytes; {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}"));
        Worst("slowest to compile", cases, compile, 1e-3, "ms");
        Worst("slowest to mask", cases, perSchema, 1, "µs");
        if (allocated > 0)
            Worst("most allocated by a warm mask", cases, bytes, 1, "bytes");
    }

    static void Row(string what, List<double> microseconds, double scale)
    {
        double[] sorted = [.. microseconds.Order()];
        Console.WriteLine(Line($"| {what} | {sorted.Average() * scale:f3} | {At(0.5):f3} | {At(0.9):f3} | {At(0.99):f3} | {sorted[^1] * scale:f3} |"));

        double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))] * scale;
    }

    static void Worst(string what, List<Case> cases, List<double> figures, double scale, string unit) =>
        Console.WriteLine(Line($"\n{what}: {string.Join(", ", cases.Zip(figures).OrderByDescending(pair => pair.Second).Take(8).Select(pair => Line($"{pair.First.Id} {pair.Second * scale:f2} {unit}")))}"));

    static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    sealed class Case(JsonElement line)
    {
        readonly JsonElement _schema = line.GetProperty("schema");
        readonly JsonElement[] _valid = [.. line.GetProperty("valid").EnumerateArray()];
        int[][]? _instances;
        CompiledGrammar? _grammar;

        public string Id { get; } = line.GetProperty("id").GetString()!;

        /// <summary>Compiles the schema.</summary>
        /// <returns>Microseconds.</returns>
        public double Compile(GrammarVocabulary vocabulary)
        {
            long start = Stopwatch.GetTimestamp();
            JsonSchemaSource source = (JsonSchemaSource)GrammarSource.JsonSchema(_schema);
            _grammar = CompiledGrammar.Compile(source, vocabulary);
            double took = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            _instances ??= [.. _valid.Select(instance => Encode(source, instance, vocabulary))];
            return took;
        }

        /// <summary>Follows all instances and measures each mask and each step, in microseconds.</summary>
        /// <returns>How many bytes the masks allocated.</returns>
        public long Masks(GrammarVocabulary vocabulary, List<double> masks, List<double> steps, bool isTight)
        {
            ulong[] mask = new ulong[vocabulary.MaskWords];
            long allocated = 0;
            foreach (int[] ids in _instances!)
            {
                GrammarMatcher matcher = _grammar!.CreateMatcher();
                for (int i = 0; i < ids.Length; i++)
                {
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    long start = Stopwatch.GetTimestamp();
                    if (isTight)
                        matcher.FillMask(mask, Math.Max(ids.Length - i, matcher.CompletionLength));
                    else
                        matcher.FillMask(mask);
                    long filled = Stopwatch.GetTimestamp();
                    allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                    if (!matcher.TryAccept(ids[i]))
                        throw new InvalidOperationException($"{Id} does not accept its own instance.");
                    steps.Add(Stopwatch.GetElapsedTime(filled).TotalMicroseconds);
                    masks.Add(Stopwatch.GetElapsedTime(start, filled).TotalMicroseconds);
                }
            }
            return allocated;
        }

        static int[] Encode(JsonSchemaSource source, JsonElement instance, GrammarVocabulary vocabulary)
        {
            ArrayBufferWriter<byte> text = new();
            source.Write(instance, text);
            return vocabulary.Tokenizer.EncodeUtf8(text.WrittenSpan);
        }
    }
}
