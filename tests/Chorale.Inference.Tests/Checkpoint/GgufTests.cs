using System.Buffers.Binary;
using System.Text;
using Chorale.TestKit;

namespace Chorale.Inference.Tests;

/// <summary>Reading GGUF files, good ones and all kinds of bad ones.</summary>
public sealed class GgufTests
{
    [Fact]
    public void The_nano_model_shows_its_metadata_and_tensors()
    {
        using GptOssModel model = GptOssModel.Open(TestData.ModelPath("gpt-oss-nano.gguf"));
        Assert.Equal("gpt-oss", model.Metadata.Get<string>("general.architecture"));
        Assert.Equal(8256, model.Metadata.Get<IReadOnlyList<string>>("tokenizer.ggml.tokens").Count);
        Assert.Equal(8256, model.Metadata.Get<IReadOnlyList<int>>("tokenizer.ggml.token_type").Count);
        Assert.Equal(256, model.Config.HiddenSize);
        Assert.Equal(4096, model.Config.MaxPositionEmbeddings);
        Assert.Equal(8256, model.Config.VocabSize);
        TensorInfo query = model.Tensors.Single(t => t.Name == "blk.0.attn_q.weight");
        Assert.Equal("blk.0.attn_q.weight Q8_0 [512, 256]", query.ToString());
        Assert.Equal(512 * 256 / 32 * 34, query.ByteCount);
    }

    [Fact]
    public void Values_come_out_as_they_went_in()
    {
        CheckpointMetadata metadata = Read(new TinyModel().ToBytes()).Metadata;
        Assert.Equal(new TinyModel().Keys.Keys, metadata.Keys, StringComparer.Ordinal);
        Assert.Equal(["a", "b", "Ġc", "é"], metadata.Get<IReadOnlyList<string>>("tokenizer.ggml.tokens"));
        Assert.Equal([1, 1, 1, 3], metadata.Get<IReadOnlyList<int>>("tokenizer.ggml.token_type"));
        Assert.False(metadata.Get<bool>("tokenizer.ggml.add_bos_token"));
        Assert.Equal(2, metadata.Get<int>("gpt-oss.block_count"));
        Assert.Equal(2L, metadata.Get<long>("gpt-oss.block_count"));
        Assert.Equal(2u, metadata["gpt-oss.block_count"]);
        Assert.Equal(4.0, metadata.Get<double>("gpt-oss.rope.scaling.factor"));
        Assert.Equal(9, metadata.Get("no.such.key", 9));
    }

    [Fact]
    public void A_vocabulary_of_real_size_is_read_whole()
    {
        string[] merges = [.. Enumerable.Range(0, 446_189).Select(i => $"Ġx{i} y{i}")];
        byte[] bytes = Bytes(m => m.Keys["tokenizer.ggml.merges"] = merges);
        IReadOnlyList<string> read = Read(bytes).Metadata.Get<IReadOnlyList<string>>("tokenizer.ggml.merges");
        Assert.Equal(merges, read);
    }

    [Fact]
    public void Fused_matrices_give_the_same_logits_as_separate_ones()
    {
        int queryRows = TinyModel.Heads * TinyModel.HeadDim, keyRows = TinyModel.HeadDim;
        int inner = TinyModel.Intermediate, hidden = TinyModel.Hidden;
        byte[] fused = Bytes(m =>
        {
            for (int layer = 0; layer < 2; layer++)
            {
                string p = $"blk.{layer}.";
                m.Fuse(p + "attn_qkv.weight", [queryRows + (2 * keyRows), hidden], (p + "attn_q.weight", queryRows * hidden), (p + "attn_k.weight", keyRows * hidden), (p + "attn_v.weight", keyRows * hidden));
                m.Fuse(p + "attn_qkv.bias", [queryRows + (2 * keyRows)], (p + "attn_q.bias", queryRows), (p + "attn_k.bias", keyRows), (p + "attn_v.bias", keyRows));
                m.Fuse(p + "ffn_gate_up_exps.weight", [TinyModel.Experts, 2 * inner, hidden], (p + "ffn_gate_exps.weight", inner * hidden), (p + "ffn_up_exps.weight", inner * hidden));
                m.Fuse(p + "ffn_gate_up_exps.bias", [TinyModel.Experts, 2 * inner], (p + "ffn_gate_exps.bias", inner), (p + "ffn_up_exps.bias", inner));
            }
        });
        Assert.Equal(Logits(new TinyModel().ToBytes()), Logits(fused));
    }

    [Fact]
    public void Optional_keys_of_yarn_are_honoured()
    {
        using TemporaryFile file = new();
        file.Write(Bytes(m =>
        {
            m.Keys["gpt-oss.rope.scaling.yarn_beta_fast"] = 16f;
            m.Keys["gpt-oss.rope.scaling.yarn_beta_slow"] = 2f;
            m.Keys["gpt-oss.rope.scaling.yarn_ext_factor"] = 0.5f;
            m.Keys["gpt-oss.rope.scaling.yarn_attn_factor"] = 0.75f;
            m.Keys["gpt-oss.rope.dimension_count"] = (uint)TinyModel.HeadDim;
            m.Keys["general.alignment"] = 32u;
        }));
        using GptOssModel model = GptOssModel.Open(file.Path, new() { YarnTruncate = true });
        Assert.Equal(
            new RopeScaling { Factor = 4, OriginalMaxPositionEmbeddings = 16, BetaFast = 16, BetaSlow = 2, ExtrapolationFactor = 0.5f, AttentionFactor = 0.75f, Truncate = true },
            model.Config.RopeScaling);
    }

    [Theory]
    [InlineData("general.architecture", "llama", "key 'general.architecture': architecture 'llama', expected 'gpt-oss'.")]
    [InlineData("general.architecture", null, "key 'general.architecture': missing, expected string.")]
    [InlineData("general.architecture", 5u, "key 'general.architecture': found u32 5, expected string.")]
    [InlineData("general.alignment", 24u, "key 'general.alignment': found 24, expected a power of two of at most 1048576.")]
    [InlineData("gpt-oss.block_count", 3u, "tensor 'blk.2.attn_q.weight': missing, expected shape [16, 32].")]
    [InlineData("gpt-oss.block_count", 0u, "key 'gpt-oss.block_count': found 0, expected 1 to 268435456.")]
    [InlineData("gpt-oss.block_count", "two", "key 'gpt-oss.block_count': found string 'two', expected i32.")]
    [InlineData("gpt-oss.embedding_length", 64u, "tensor 'blk.0.attn_q.weight': found shape [16, 32], expected [16, 64].")]
    [InlineData("gpt-oss.attention.head_count_kv", 3u, "key 'gpt-oss.attention.head_count_kv': found 3, expected a divisor of the 2 query heads.")]
    [InlineData("gpt-oss.attention.value_length", 16u, "key 'gpt-oss.attention.value_length': found 16, expected 8, the size of a head.")]
    [InlineData("gpt-oss.rope.dimension_count", 4u, "key 'gpt-oss.rope.dimension_count': found 4, expected 8, the size of a head.")]
    [InlineData("gpt-oss.rope.scaling.type", "longrope", "key 'gpt-oss.rope.scaling.type': rope scaling 'longrope', expected 'yarn' or 'none'.")]
    [InlineData("gpt-oss.rope.scaling.factor", float.NaN, "key 'gpt-oss.rope.scaling.factor': found NaN, expected a finite number.")]
    [InlineData("gpt-oss.rope.freq_base", -1f, "key 'gpt-oss.rope.freq_base': found -1, expected a positive number.")]
    [InlineData("gpt-oss.expert_used_count", 3u, "key 'gpt-oss.expert_used_count': found 3, expected at most the 2 experts.")]
    public void A_wrong_key_is_refused_by_name(string key, object? value, string message) => Refused(message, m =>
    {
        if (value is null)
            m.Keys.Remove(key);
        else
            m.Keys[key] = value;
    });

    [Fact]
    public void A_missing_tensor_is_refused_by_name() =>
        Refused("tensor 'blk.1.attn_sinks.weight': missing, expected shape [2].", m => m.Tensors.Remove("blk.1.attn_sinks.weight"));

    [Fact]
    public void A_tensor_of_a_type_without_arithmetic_is_refused_by_name() =>
        Refused("tensor 'blk.0.attn_k.weight': found type Q4_0, expected F32, F16, BF16, Q8_0 or Mxfp4.",
            m => m.Tensors["blk.0.attn_k.weight"] = (2, [8, 32], new byte[8 * 18]));

    [Theory]
    [InlineData(99u, new long[] { 8, 32 }, "found the unknown tensor type 99.")]
    [InlineData(39u, new long[] { 32, 8 }, "found rows of 8 elements, expected a multiple of 32 for Mxfp4.")]
    [InlineData(0u, new long[] { 1L << 40, 1L << 40 }, "found shape [1099511627776, 1099511627776], which no file of")]
    [InlineData(0u, new long[] { 0, 32 }, "found shape [0, 32], which no file of")]
    [InlineData(0u, new long[] { -1, 32 }, "found shape [18446744073709551615, 32], which no file of")]
    [InlineData(0u, new long[] { 1, 1, 1, 1, 256 }, "found 5 dimensions, expected 1 to 4.")]
    [InlineData(0u, new long[0], "found 0 dimensions, expected 1 to 4.")]
    public void A_wrong_entry_of_the_tensor_list_is_refused_by_name(uint type, long[] shape, string message) =>
        Refused($"tensor 'blk.0.attn_k.weight': {message}", m => m.Tensors["blk.0.attn_k.weight"] = (type, shape, new byte[1024]));

    [Fact]
    public void Another_magic_is_not_a_GGUF_file() => RefusedBytes("not a GGUF file: it begins with 504B0304, expected 47475546 ('GGUF').", b => "PK\u0003\u0004"u8.CopyTo(b));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Another_version_is_refused_by_number(int version) => RefusedBytes($"GGUF version {version}, expected version 3.", b => b[4] = (byte)version);

    [Fact]
    public void A_big_endian_file_is_refused_as_such() =>
        RefusedBytes("a big-endian GGUF file, expected little-endian.", b => BinaryPrimitives.WriteUInt32BigEndian(b.AsSpan(4), 3));

    [Fact]
    public void A_key_found_twice_is_refused() => Refused("key 'gpt-oss.block_count': found twice.", "gpt-oss.block_kount", "gpt-oss.block_count");

    [Fact]
    public void A_tensor_found_twice_is_refused() => Refused("tensor 'blk.0.attn_q.weight': found twice.", "blk.0.attn_k.weight", "blk.0.attn_q.weight");

    [Fact]
    public void Overlapping_tensors_are_refused()
    {
        byte[] bytes = new TinyModel().ToBytes();
        int name = Find(bytes, "blk.0.attn_k.weight");
        int offset = name + "blk.0.attn_k.weight".Length + 4 + 16 + 4;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), 32);
        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => Read(bytes));
        Assert.Contains("overlaps tensor 'token_embd.weight'", error.Message, StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), 33);
        Assert.Contains("found offset 33 into the data, expected a multiple of 32.", Assert.Throws<CheckpointFormatException>(() => Read(bytes)).Message, StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), 1UL << 63);
        Assert.Contains("into the data, the file has", Assert.Throws<CheckpointFormatException>(() => Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        byte[] bytes = new TinyModel().ToBytes();
        int head = (int)Read(bytes).Tensors.Min(t => t.Offset);
        int end = (int)Read(bytes).Tensors.Max(t => t.Offset + t.ByteCount);
        for (int length = 0; length < end; length += length < head ? 1 : 61)
            Assert.Throws<CheckpointFormatException>(() => Read(bytes[..length]));
        Read(bytes[..end]);
    }

    [Fact]
    public void Random_bytes_after_the_version_are_refused()
    {
        Random random = new(3);
        byte[] bytes = new byte[300];
        for (int i = 0; i < 5000; i++)
        {
            random.NextBytes(bytes);
            "GGUF\u0003\0\0\0"u8.CopyTo(bytes);
            bytes.AsSpan(9, 7).Clear();
            bytes.AsSpan(17, 7).Clear();
            Assert.Throws<CheckpointFormatException>(() => Read(bytes));
        }
    }

    [Fact]
    public void A_missing_file_is_an_io_error() => Assert.ThrowsAny<IOException>(() => GptOssModel.Open(Path.Combine(Path.GetTempPath(), "no-such-model.gguf")));

    static GgufHeader Read(byte[] bytes)
    {
        using CheckpointFile file = new("tiny.gguf", bytes);
        return GgufHeader.Read(file);
    }

    static byte[] Bytes(Action<TinyModel> change)
    {
        TinyModel model = new();
        change(model);
        return model.ToBytes();
    }

    static float[] Logits(byte[] bytes)
    {
        using TemporaryFile file = new();
        file.Write(bytes);
        using GptOssModel model = GptOssModel.Open(file.Path, new() { Threads = 1 });
        using GptOssSession session = model.CreateSession();
        return session.Forward([1, 5, 3, 2, 7, 8, 11, 0]).ToArray();
    }

    static void Refused(string message, Action<TinyModel> change) => RefusedFile(message, Bytes(change));

    static void Refused(string message, string placeholder, string name)
    {
        byte[] bytes = Bytes(m =>
        {
            if (placeholder.StartsWith("gpt-oss", StringComparison.Ordinal))
                m.Keys[placeholder] = 1u;
        });
        Encoding.UTF8.GetBytes(name).CopyTo(bytes, Find(bytes, placeholder));
        RefusedFile(message, bytes);
    }

    static void RefusedBytes(string message, Action<byte[]> change)
    {
        byte[] bytes = new TinyModel().ToBytes();
        change(bytes);
        RefusedFile(message, bytes);
    }

    static void RefusedFile(string message, byte[] bytes)
    {
        using TemporaryFile file = new();
        file.Write(bytes);
        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => GptOssModel.Open(file.Path));
        Assert.StartsWith($"'{file.Path}': {message}", error.Message, StringComparison.Ordinal);
    }

    static int Find(byte[] bytes, string text) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));
}
