using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Chorale.Inference;

/// <summary>xoshiro256**, seeded through SplitMix64: the same numbers from the same seed on every machine and in every version.</summary>
/// <remarks>Source: Blackman and Vigna 2021, "Scrambled Linear Pseudorandom Number Generators"; prng.di.unimi.it.</remarks>
sealed class Xoshiro256
{
    ulong _s0, _s1, _s2, _s3;

    public Xoshiro256(long seed)
    {
        ulong state = unchecked((ulong)seed);
        (_s0, _s1, _s2, _s3) = (SplitMix(ref state), SplitMix(ref state), SplitMix(ref state), SplitMix(ref state));
    }

    /// <summary>Starts from a state, which must not be all zeros. For tests.</summary>
    internal Xoshiro256(ulong s0, ulong s1, ulong s2, ulong s3) => (_s0, _s1, _s2, _s3) = (s0, s1, s2, s3);

    /// <summary>A seed that nobody can foresee.</summary>
    public static long FreshSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>The next number in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
