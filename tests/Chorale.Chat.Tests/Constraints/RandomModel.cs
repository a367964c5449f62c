using System.Buffers.Binary;
using Chorale.Inference;
using Chorale.TestKit;

namespace Chorale.Chat.Tests;

/// <summary>The embedded model with random weights in place of its own, as a file that is deleted at the end.</summary>
public sealed class RandomModel : IDisposable
{
    readonly string _path = Path.Combine(Path.GetTempPath(), $"chorale-{Guid.NewGuid():N}.gguf");

    public RandomModel()
    {
        Random random = new(5);
        using (Checkpoint nano = Checkpoint.Open(TestData.ModelPath("gpt-oss-nano.gguf")))
        {
            GgufWriter writer = new();
            foreach ((string key, object value) in nano.Metadata)
                writer.Add(key, key == "general.name" ? "gpt-oss-nano with random weights" : value);
            foreach (TensorInfo tensor in nano.Tensors)
                writer.Add(tensor.Name, tensor.Type, tensor.Shape, tensor.ByteCount, stream => stream.Write(Weights(tensor, random)));
            using FileStream file = File.Create(_path);
            writer.WriteTo(file);
        }
        Model = ChatModel.Open(_path, new GptOssOptions { Threads = 2 }, new GeneratorOptions { Parallel = 8, MaxDraft = 3 });
    }

    public ChatModel Model { get; }

    public void Dispose()
    {
        Model.Dispose();
        File.Delete(_path);
    }

    static byte[] Weights(TensorInfo tensor, Random random)
    {
        byte[] bytes = new byte[tensor.ByteCount];
        random.NextBytes(bytes);
        switch (tensor.Type)
        {
            case TensorType.Q8_0:    // blocks of a scale and 32 bytes
                for (int at = 0; at < bytes.Length; at += 34)
                    BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(at), (Half)0.001f);
                break;
            case TensorType.Mxfp4:   // blocks of an exponent and 32 halves of a byte
                for (int at = 0; at < bytes.Length; at += 17)
                    bytes[at] = 121;
                break;
            default:
                float mean = tensor.Name.Contains("norm", StringComparison.Ordinal) ? 1 : 0;
                for (int at = 0; at < bytes.Length; at += sizeof(float))
                    BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), mean + (0.2f * (random.NextSingle() - 0.5f)));
                break;
        }
        return bytes;
    }
}
