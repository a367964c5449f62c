using System.Numerics;

namespace Chorale.Training;

/// <summary>
/// A hash of text and numbers that is the same on every machine and in every version: splits and dates hang on it. 128 bits in two lanes: FNV-1a over 16-bit
/// units, and a sum that is rotated and multiplied; each is mixed at the end as MurmurHash3 does. It resists accidents, not attackers.
/// </summary>
struct StableHash
{
    ulong _first;
    ulong _second;

    public static StableHash Create() => new() { _first = 0xCBF29CE484222325, _second = 0x9E3779B97F4A7C15 };

    public readonly ulong First => Mix(_first);

    public readonly ulong Second => Mix(_second);

    /// <summary>The first half as a share, in [0, 1).</summary>
    public readonly double Share => (First >> 11) * (1.0 / (1UL << 53));

    public void Add(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
            Add(c);
        Add(text.Length);
    }

    public void Add(ReadOnlySpan<int> numbers)
    {
        foreach (int number in numbers)
            Add(number);
        Add(numbers.Length);
    }

    public void Add(int value)
    {
        _first = (_first ^ (uint)value) * 0x100000001B3;
        _second = (BitOperations.RotateLeft(_second, 23) + (uint)value) * 0x9FB21C651E98DF25;
    }

    public void AddOptional(string? text)
    {
        Add(text is null ? 0 : 1);
        if (text is not null)
            Add(text.AsSpan());
    }

    static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD;
        value = (value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53;
        return value ^ (value >> 33);
    }
}
