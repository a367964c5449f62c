using System.Buffers.Binary;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>Random numbers in the three types of a published file, as fast as a disk takes them.</summary>
/// <remarks>
/// Random bytes are slow to make, so a stretch of blocks is made once a type and deviation and repeated, each tensor beginning at another
/// place in it. Its length is a prime above the rows of the vocabulary: no two rows of a matrix are alike.
/// </remarks>
/// <param name="written">Told of each stretch that has been written, in bytes.</param>
/// <param name="cancellationToken">Looked at between stretches.</param>
sealed class RandomWeights(Action<long>? written, CancellationToken cancellationToken)
{
    const int StretchBlocks = 262_147;
    const int PieceBytes = 4 << 20;

    // What uniform codes of the type deviate by where the scale is 1; the scales themselves vary around their mean.
    const double DeviationOfBytes = 73.9, DeviationOfCodes = 2.94;

    readonly Dictionary<(TensorType, float, double), byte[]> _stretches = [];

    public static long ByteCount(TensorType type, IReadOnlyList<long> shape)
    {
        (int elements, int bytes) = Block(type);
        return shape.Aggregate(1L, (product, size) => product * size) / elements * bytes;
    }

    /// <summary>Writes a tensor.</summary>
    /// <param name="stream">Takes it.</param>
    /// <param name="type">F32, Q8_0 or Mxfp4.</param>
    /// <param name="mean">Of the numbers; 0 for the last two types.</param>
    /// <param name="deviation">The standard deviation of the numbers.</param>
    /// <param name="byteCount">How much of it.</param>
    /// <param name="index">Chooses where in the stretch it begins.</param>
    public void Write(Stream stream, TensorType type, float mean, double deviation, long byteCount, int index)
    {
        byte[] stretch = Stretch(type, mean, deviation);
        int at = (int)(index * 7919L % StretchBlocks) * Block(type).Bytes;
        while (byteCount > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int piece = (int)Math.Min(byteCount, Math.Min(PieceBytes, stretch.Length - at));
            stream.Write(stretch, at, piece);
            written?.Invoke(piece);
            byteCount -= piece;
            at = (at + piece) % stretch.Length;
        }
    }

    byte[] Stretch(TensorType type, float mean, double deviation)
    {
        if (!_stretches.TryGetValue((type, mean, deviation), out byte[]? stretch))
            _stretches[(type, mean, deviation)] = stretch = Make(type, mean, deviation, new Random(_stretches.Count));
        return stretch;
    }

    static byte[] Make(TensorType type, float mean, double deviation, Random random)
    {
        int block = Block(type).Bytes;
        byte[] stretch = new byte[StretchBlocks * block];
        random.NextBytes(stretch);
        for (int at = 0; at < stretch.Length; at += block)
        {
            double uniform = random.NextDouble();
            switch (type)
            {
                case TensorType.Q8_0:
                    BinaryPrimitives.WriteHalfLittleEndian(stretch.AsSpan(at), (Half)(deviation / DeviationOfBytes * (0.75 + (0.5 * uniform))));
                    break;
                case TensorType.Mxfp4:
                    stretch[at] = (byte)(127 + Math.Floor(Math.Log2(deviation / DeviationOfCodes) + uniform));
                    break;
                default:
                    BinaryPrimitives.WriteSingleLittleEndian(stretch.AsSpan(at), (float)(mean + ((uniform - 0.5) * Math.Sqrt(12) * deviation)));
                    break;
            }
        }
        return stretch;
    }

    static (int Elements, int Bytes) Block(TensorType type) => type switch
    {
        TensorType.F32 => (1, sizeof(float)),
        TensorType.Q8_0 => (32, 34),
        TensorType.Mxfp4 => (32, 17),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No published gpt-oss file has it."),
    };
}
