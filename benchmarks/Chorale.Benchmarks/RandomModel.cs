using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Chorale.Inference;
using Chorale.TestKit;

namespace Chorale.Benchmarks;

/// <summary>
/// Commands beside the benchmarks: <c>random-model FILE [LAYERS]</c> writes a GGUF file of gpt-oss-20b's shapes and tensor types with
/// random weights, <c>decode FILE [THREADS] [PREFILL] [DECODE]</c> measures tokens a second on a file.
/// </summary>
static class RandomModel
{
    const int Hidden = 2880, Intermediate = 2880, Experts = 32, Heads = 64, KvHeads = 8, HeadDim = 64, Vocab = 201_088, Merges = 446_189;
    const uint F32 = 0, Q8 = 8, Mxfp4 = 39;

    public static void Write(string path, int layers)
    {
        GgufWriter writer = new();
        AddKeys(writer, layers);
        Matrix(writer, "token_embd.weight", Q8, Vocab, Hidden);
        for (int layer = 0; layer < layers; layer++)
            AddLayer(writer, $"blk.{layer}.");
        Vector(writer, "output_norm.weight", 1, Hidden);
        Matrix(writer, "output.weight", Q8, Vocab, Hidden);
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        writer.WriteTo(stream);
        Console.WriteLine($"{path}: {layers} layers, {stream.Length:n0} bytes");
    }

    public static void Decode(string path, int threads, int prefillTokens, int decodeTokens)
    {
        long start = Stopwatch.GetTimestamp();
        using GptOssModel model = GptOssModel.Open(path, new() { Threads = threads });
        Console.WriteLine($"open {Stopwatch.GetElapsedTime(start).TotalMilliseconds:n1} ms, {model.Config.NumHiddenLayers} layers, {threads} threads");
        using GptOssSession session = model.CreateSession();
        int[] prompt = [.. Enumerable.Range(0, prefillTokens).Select(i => (int)(i * 7919L % model.Config.VocabSize))];
        for (int round = 0; round < 3; round++)
        {
            session.TryTruncate(0);
            double prefill = 0;
            int next = 1;
            if (prefillTokens > 0)
            {
                start = Stopwatch.GetTimestamp();
                next = Sampler.MostLikely(session.Forward(prompt));
                prefill = prefillTokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
            TimeSpan before = Environment.CpuUsage.TotalTime;
            double[] seconds = new double[decodeTokens];
            for (int i = 0; i < decodeTokens; i++)
            {
                start = Stopwatch.GetTimestamp();
                next = Sampler.MostLikely(session.Forward([next]));
                seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
            double processor = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / decodeTokens;
            Array.Sort(seconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"prefill {prefillTokens}: {prefill:f1} tokens/s; decode {decodeTokens}: {decodeTokens / seconds.Sum():f1} tokens/s, median {1 / seconds[decodeTokens / 2]:f1}, best {1 / seconds[0]:f1}, {processor:f1} ms of processor a token; cache {session.CacheByteCount >> 20} MiB"));
        }
    }

    static void AddKeys(GgufWriter writer, int layers) => writer
        .Add("general.architecture", "gpt-oss")
        .Add("general.name", "random weights of gpt-oss-20b's shapes")
        .Add("gpt-oss.block_count", (uint)layers)
        .Add("gpt-oss.context_length", 131_072u)
        .Add("gpt-oss.embedding_length", (uint)Hidden)
        .Add("gpt-oss.feed_forward_length", (uint)Intermediate)
        .Add("gpt-oss.attention.head_count", (uint)Heads)
        .Add("gpt-oss.attention.head_count_kv", (uint)KvHeads)
        .Add("gpt-oss.rope.freq_base", 150_000f)
        .Add("gpt-oss.attention.layer_norm_rms_epsilon", 1e-5f)
        .Add("gpt-oss.expert_count", (uint)Experts)
        .Add("gpt-oss.expert_used_count", 4u)
        .Add("gpt-oss.attention.key_length", (uint)HeadDim)
        .Add("gpt-oss.attention.value_length", (uint)HeadDim)
        .Add("gpt-oss.attention.sliding_window", 128u)
        .Add("gpt-oss.expert_feed_forward_length", (uint)Intermediate)
        .Add("gpt-oss.rope.scaling.type", "yarn")
        .Add("gpt-oss.rope.scaling.factor", 32f)
        .Add("gpt-oss.rope.scaling.original_context_length", 4096u)
        .Add("tokenizer.ggml.model", "gpt2")
        .Add("tokenizer.ggml.tokens", Enumerable.Range(0, Vocab).Select(id => $"Ġtok{id}").ToArray())
        .Add("tokenizer.ggml.token_type", Enumerable.Repeat(1, Vocab).ToArray())
        .Add("tokenizer.ggml.merges", Enumerable.Range(0, Merges).Select(rank => $"Ġto{rank % 997} k{rank}").ToArray());

    static void AddLayer(GgufWriter writer, string prefix)
    {
        Vector(writer, prefix + "attn_norm.weight", 1, Hidden);
        foreach ((string name, int rows, int columns) in new[] { ("attn_q", Heads * HeadDim, Hidden), ("attn_k", KvHeads * HeadDim, Hidden), ("attn_v", KvHeads * HeadDim, Hidden), ("attn_output", Hidden, Heads * HeadDim) })
        {
            Matrix(writer, $"{prefix}{name}.weight", Q8, rows, columns);
            Vector(writer, $"{prefix}{name}.bias", 0, rows);
        }
        Vector(writer, prefix + "attn_sinks.weight", 0, Heads);
        Vector(writer, prefix + "post_attention_norm.weight", 1, Hidden);
        Matrix(writer, prefix + "ffn_gate_inp.weight", F32, Experts, Hidden);
        Vector(writer, prefix + "ffn_gate_inp.bias", 0, Experts);
        foreach ((string name, int rows, int columns) in new[] { ("ffn_gate_exps", Intermediate, Hidden), ("ffn_up_exps", Intermediate, Hidden), ("ffn_down_exps", Hidden, Intermediate) })
        {
            Matrix(writer, $"{prefix}{name}.weight", Mxfp4, Experts, rows, columns);
            Vector(writer, $"{prefix}{name}.bias", 0, Experts, rows);
        }
    }

    /// <summary>Numbers near <paramref name="mean"/>.</summary>
    static void Vector(GgufWriter writer, string name, float mean, params long[] shape)
    {
        long count = shape.Aggregate(1L, (a, b) => a * b);
        writer.Add(name, F32, shape, count * sizeof(float), stream => WriteBlocks(stream, name, count, sizeof(float),
            (block, random) => BinaryPrimitives.WriteSingleLittleEndian(block, mean + ((float)(random.NextDouble() - 0.5) * 0.2f))));
    }

    /// <summary>Random numbers of a size that keeps activations near one: blocks of the type with one scale.</summary>
    static void Matrix(GgufWriter writer, string name, uint type, params long[] shape)
    {
        long count = shape.Aggregate(1L, (a, b) => a * b);
        double deviation = 1 / Math.Sqrt(shape[^1]);
        switch (type)
        {
            case F32:
                writer.Add(name, type, shape, count * sizeof(float), stream => WriteBlocks(stream, name, count, sizeof(float),
                    (block, random) => BinaryPrimitives.WriteSingleLittleEndian(block, (float)((random.NextDouble() - 0.5) * 3.5 * deviation))));
                break;
            case Q8:
                writer.Add(name, type, shape, count / 32 * 34, stream => WriteBlocks(stream, name, count / 32, 34, (block, random) =>
                {
                    random.NextBytes(block);
                    BinaryPrimitives.WriteHalfLittleEndian(block, (Half)(deviation / 74));    // uniform bytes deviate by 74
                }));
                break;
            default:
                writer.Add(name, type, shape, count / 32 * 17, stream => WriteBlocks(stream, name, count / 32, 17, (block, random) =>
                {
                    random.NextBytes(block);
                    block[0] = (byte)(127 + Math.Round(Math.Log2(deviation / 2.9)));          // uniform codes deviate by 2.9
                }));
                break;
        }
    }

    delegate void BlockWriter(Span<byte> block, Random random);

    static void WriteBlocks(Stream stream, string name, long blocks, int blockBytes, BlockWriter write)
    {
        // Random bytes are slow to make, so a stretch of them repeats; its length is coprime to every row.
        Random random = new(name.Length);
        byte[] stretch = new byte[blockBytes * 65_537];
        for (int i = 0; i < stretch.Length; i += blockBytes)
            write(stretch.AsSpan(i, blockBytes), random);
        for (long left = blocks * blockBytes; left > 0; left -= Math.Min(left, stretch.Length))
            stream.Write(stretch, 0, (int)Math.Min(left, stretch.Length));
    }
}
