using System.Globalization;

namespace Chorale.Harmony;

/// <summary>
/// A JSON number read and written as openai-harmony's JSON library does: an integer that fits 64 bits as it is, anything
/// else as a double, read the fast way (a product or quotient of two rounded numbers, so that more than 15 digits can be
/// off in the last place) and written in the shortest form with <c>.0</c> where whole.
/// </summary>
static class OfficialNumber
{
    static readonly double[] PowersOfTen = [.. Enumerable.Range(0, 309).Select(e => double.Parse($"1e{e}", CultureInfo.InvariantCulture))];

    /// <summary>Reads a number and writes it again.</summary>
    /// <param name="number">A number in JSON's grammar.</param>
    /// <param name="normalized">How the official library would write it.</param>
    /// <returns>False where it is beyond the range of double.</returns>
    public static bool TryNormalize(ReadOnlySpan<byte> number, out string normalized)
    {
        bool negative = number[0] == '-';
        int at = negative ? 1 : 0;

        // Digits that no longer fit 64 bits only count as powers of ten, before the point, or not at all, behind it.
        ulong significand = 0;
        long exponent = 0;
        bool full = false;
        for (; at < number.Length && IsDigit(number[at]); at++)
        {
            full |= !TryAppend(ref significand, number[at], full);
            if (full)
                exponent++;
        }
        bool whole = at == number.Length && !full;
        if (whole && (!negative || (significand != 0 && significand <= 1UL << 63)))
        {
            normalized = string.Create(CultureInfo.InvariantCulture, $"{(negative ? "-" : "")}{significand}");
            return true;
        }

        if (at < number.Length && number[at] == '.')
        {
            bool fractionFull = false;
            for (at++; at < number.Length && IsDigit(number[at]); at++)
            {
                fractionFull |= !TryAppend(ref significand, number[at], fractionFull);
                if (!fractionFull)
                    exponent--;
            }
        }
        if (at < number.Length)
            exponent += ReadExponent(number[(at + 1)..]);
        normalized = "";
        if (!TryScale(significand, exponent, out double value))
            return false;
        normalized = Write(negative ? -value : value);
        return true;
    }

    static bool IsDigit(byte b) => b is >= (byte)'0' and <= (byte)'9';

    static bool TryAppend(ref ulong significand, byte digit, bool full)
    {
        uint value = (uint)(digit - '0');
        if (full || significand > ulong.MaxValue / 10 || (significand == ulong.MaxValue / 10 && value > ulong.MaxValue % 10))
            return false;
        significand = (significand * 10) + value;
        return true;
    }

    static long ReadExponent(ReadOnlySpan<byte> digits)
    {
        bool negative = digits[0] == '-';
        if (negative || digits[0] == '+')
            digits = digits[1..];
        long exponent = 0;
        foreach (byte digit in digits)
            exponent = Math.Min((exponent * 10) + (digit - '0'), int.MaxValue);
        return negative ? -exponent : exponent;
    }

    static bool TryScale(ulong significand, long exponent, out double value)
    {
        value = significand;
        if (value == 0)
            return true;
        while (exponent < -308)
        {
            value /= 1e308;
            exponent += 308;
            if (value == 0)
                return true;
        }
        if (exponent > 308)
            return false;
        value = exponent >= 0 ? value * PowersOfTen[exponent] : value / PowersOfTen[-exponent];
        return double.IsFinite(value);
    }

    /// <summary>The shortest digits that read back as the same double; an exponent from 1e16 up and below 1e-5.</summary>
    static string Write(double value)
    {
        string sign = double.IsNegative(value) ? "-" : "";
        if (value == 0)
            return $"{sign}0.0";

        string shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        int e = shortest.IndexOf('E', StringComparison.Ordinal);
        string mantissa = e < 0 ? shortest : shortest[..e];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        int magnitude = (point < 0 ? mantissa.Length : point)
            + (e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        int leadingZeros = digits.Length - digits.TrimStart('0').Length;
        magnitude -= leadingZeros;
        digits = digits.Trim('0');

        // value = 0.digits · 10^magnitude
        return magnitude switch
        {
            > 16 or <= -5 => $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(magnitude - 1).ToString(CultureInfo.InvariantCulture)}",
            _ when magnitude >= digits.Length => $"{sign}{digits.PadRight(magnitude, '0')}.0",
            > 0 => $"{sign}{digits[..magnitude]}.{digits[magnitude..]}",
            _ => $"{sign}0.{new string('0', -magnitude)}{digits}",
        };
    }
}
