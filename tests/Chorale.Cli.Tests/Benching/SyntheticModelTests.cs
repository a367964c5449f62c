using System.Buffers.Binary;
using Chorale.Inference;

namespace Chorale.Cli.Tests;

public class SyntheticModelTests
{
    [Fact]
    public void The_20b_file_has_the_tensors_of_the_published_one()
    {
        SyntheticModel model = new(SyntheticShape.Published[0]);
        Assert.Equal(459, model.Tensors.Count);
        Assert.Equal((289, 98, 72), (Count(TensorType.F32), Count(TensorType.Q8_0), Count(TensorType.Mxfp4)));
        Assert.Equal("token_embd.weight Q8_0 [201088, 2880]", model.Tensors[0].ToString());
        Assert.Equal("blk.23.ffn_down_exps.weight Mxfp4 [32, 2880, 2880]", model.Tensors[^2].ToString());
        Assert.Equal(12_096_558_336, model.TensorByteCount);    // and 13.0 MB of head

        int Count(TensorType type) => model.Tensors.Count(tensor => tensor.Type == type);
    }

    [Fact]
    public void The_120b_file_has_36_layers_of_128_experts()
    {
        SyntheticModel model = new(SyntheticShape.Published[1]);
        Assert.Equal(3 + (36 * 19), model.Tensors.Count);
        Assert.Equal("blk.35.ffn_down_exps.weight Mxfp4 [128, 2880, 2880]", model.Tensors[^2].ToString());
        Assert.InRange(model.TensorByteCount, 63.2e9, 63.5e9);
    }

    [Fact]
    public void A_file_has_the_tensors_and_keys_that_a_converter_writes_in_their_order()
    {
        using TemporaryFolder folder = new();
        using Checkpoint written = Checkpoint.Open(Write(folder, TinyShape.PubA));
        using Checkpoint recorded = Checkpoint.Open(TinyShape.PubAFile);
        Assert.Equal(recorded.Tensors.Select(tensor => tensor.ToString()), written.Tensors.Select(tensor => tensor.ToString()));
        Assert.Equal(recorded.Metadata.Keys, written.Metadata.Keys.Where(key => key is not "tokenizer.chat_template" and not "general.license"));
        foreach ((string key, object value) in recorded.Metadata.Where(pair => pair.Key is not "general.name" and not "gpt-oss.rope.scaling.original_context_length"))
            Assert.Equal(value, written.Metadata[key]);
        Assert.Contains("<|channel|>", written.Metadata.Get<string>("tokenizer.chat_template"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_opens_and_generates_and_two_prompts_differ()
    {
        using TemporaryFolder folder = new();
        using GptOssModel model = GptOssModel.Open(Write(folder, TinyShape.PubA), new() { Threads = 1 });
        using GptOssSession session = model.CreateSession();
        int[] first = Generate([1, 2, 3]), second = Generate([300, 20, 44]);
        Assert.NotEqual(first, second);
        Assert.True(first.Distinct().Count() > 4, $"All alike: {string.Join(' ', first)}");

        int[] Generate(int[] prompt)
        {
            session.TryTruncate(0);
            List<int> ids = [.. prompt];
            while (ids.Count < 15)
            {
                float[] logits = session.Forward(ids.ToArray().AsSpan(session.Position)).ToArray();
                Assert.All(logits, logit => Assert.InRange(logit, -50, 50));
                ids.Add(Sampler.MostLikely(logits));
            }
            return [.. ids.Skip(prompt.Length)];
        }
    }

    [Fact]
    public void The_same_shape_gives_the_same_bytes()
    {
        using MemoryStream first = new(), second = new();
        new SyntheticModel(TinyShape.PubA).WriteTo(first);
        new SyntheticModel(TinyShape.PubA).WriteTo(second);
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Theory]
    [InlineData(TensorType.F32, 0)]
    [InlineData(TensorType.F32, 1)]
    [InlineData(TensorType.Q8_0, 0)]
    [InlineData(TensorType.Mxfp4, 0)]
    public void Weights_have_the_mean_and_the_deviation_asked_for(TensorType type, float mean)
    {
        const double Deviation = 0.02;
        using MemoryStream stream = new();
        new RandomWeights(null, TestContext.Current.CancellationToken).Write(stream, type, mean, Deviation, RandomWeights.ByteCount(type, [1000, 320]), index: 3);
        double[] values = [.. Decode(type, stream.ToArray())];
        Assert.Equal(320_000, values.Length);
        Assert.Equal(mean, values.Average(), tolerance: 0.001);
        double deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        Assert.InRange(deviation, 0.9 * Deviation, 1.15 * Deviation);
    }

    static IEnumerable<double> Decode(TensorType type, byte[] bytes)
    {
        double[] codes = [0, 0.5, 1, 1.5, 2, 3, 4, 6];
        int block = type switch { TensorType.F32 => 4, TensorType.Q8_0 => 34, _ => 17 };
        for (int at = 0; at < bytes.Length; at += block)
        {
            switch (type)
            {
                case TensorType.F32:
                    yield return BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(at));
                    break;
                case TensorType.Q8_0:
                    for (int i = 2; i < block; i++)
                        yield return (double)BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan(at)) * (sbyte)bytes[at + i];
                    break;
                default:
                    foreach (int code in bytes.Skip(at + 1).Take(16).SelectMany(pair => new[] { pair & 15, pair >> 4 }))
                        yield return Math.ScaleB(codes[code & 7], bytes[at] - 127) * (code < 8 ? 1 : -1);
                    break;
            }
        }
    }

    static string Write(TemporaryFolder folder, SyntheticShape shape)
    {
        SyntheticCache cache = new(folder.Path);
        cache.Write(shape, (_, _) => { }, TestContext.Current.CancellationToken);
        return cache.PathOf(shape);
    }
}
