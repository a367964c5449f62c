using System.Globalization;
using System.Numerics;

namespace Chorale.Grammar;

/// <summary>A decimal number of any size, exact: <c>Digits × 10^Exponent</c>, with no zero at the end of the digits, so that equal numbers are equal values.</summary>
readonly record struct DecimalNumber : IComparable<DecimalNumber>
{
    /// <summary>How many digits a number may have, written without an exponent.</summary>
    public const int MaxDigits = 1000;

    DecimalNumber(BigInteger digits, int exponent) => (Digits, Exponent) = (digits, exponent);

    /// <summary>All digits, with the sign.</summary>
    public BigInteger Digits { get; }

    /// <summary>How many places the digits stand to the left of the point; 0 for zero.</summary>
    public int Exponent { get; }

    public bool IsInteger => Exponent >= 0;

    public int Sign => Digits.Sign;

    /// <summary>Reads a number of JSON. False where it has more than <see cref="MaxDigits"/> digits.</summary>
    public static bool TryParse(string json, out DecimalNumber number)
    {
        number = default;
        ReadOnlySpan<char> text = json;
        int e = text.IndexOfAny('e', 'E');
        ReadOnlySpan<char> mantissa = e < 0 ? text : text[..e];
        bool isNegative = mantissa.StartsWith("-", StringComparison.Ordinal);
        if (isNegative)
            mantissa = mantissa[1..];
        int point = mantissa.IndexOf('.');
        string digits = point < 0 ? mantissa.ToString() : string.Concat(mantissa[..point], mantissa[(point + 1)..]);
        int fraction = point < 0 ? 0 : mantissa.Length - point - 1;
        string significant = digits.Trim('0');
        if (significant.Length == 0)
            return true;
        if (significant.Length > MaxDigits)
            return false;
        long exponent = 0;
        if (e >= 0 && !long.TryParse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            return false;
        if (Math.Abs(exponent) > int.MaxValue)
            return false;
        exponent += digits.Length - digits.TrimEnd('0').Length - fraction;
        if (significant.Length + Math.Max(exponent, 0) > MaxDigits || exponent < -MaxDigits)
            return false;
        BigInteger value = BigInteger.Parse(significant, CultureInfo.InvariantCulture);
        number = new(isNegative ? -value : value, (int)exponent);
        return true;
    }

    public static DecimalNumber operator -(DecimalNumber number) => new(-number.Digits, number.Exponent);

    /// <summary>The largest integer that is not greater.</summary>
    public BigInteger Floor()
    {
        if (IsInteger)
            return Digits * BigInteger.Pow(10, Exponent);
        BigInteger quotient = BigInteger.DivRem(Digits, BigInteger.Pow(10, -Exponent), out BigInteger rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>The smallest integer that is not less.</summary>
    public BigInteger Ceiling() => -(-this).Floor();

    public int CompareTo(DecimalNumber other)
    {
        int least = Math.Min(Exponent, other.Exponent);
        return (Digits * BigInteger.Pow(10, Exponent - least)).CompareTo(other.Digits * BigInteger.Pow(10, other.Exponent - least));
    }

    /// <summary>The digits before and behind the point, without sign; no zeros that say nothing.</summary>
    public (string Whole, string Fraction) Magnitude()
    {
        string digits = BigInteger.Abs(Digits).ToString(CultureInfo.InvariantCulture);
        if (IsInteger)
            return (digits + new string('0', Exponent), "");
        int places = -Exponent;
        if (digits.Length <= places)
            digits = digits.PadLeft(places + 1, '0');
        return (digits[..^places], digits[^places..]);
    }

    /// <summary>The one spelling without exponent and superfluous zeros.</summary>
    public override string ToString()
    {
        (string whole, string fraction) = Magnitude();
        return $"{(Sign < 0 ? "-" : "")}{whole}{(fraction.Length > 0 ? "." : "")}{fraction}";
    }

    /// <summary>Reads a JSON number of any kind into one spelling where it is small enough to be spelled out, and leaves it as it is otherwise.</summary>
    public static string Respell(string json) => TryParse(json, out DecimalNumber number) ? number.ToString() : json;

    public static bool operator <(DecimalNumber a, DecimalNumber b) => a.CompareTo(b) < 0;

    public static bool operator >(DecimalNumber a, DecimalNumber b) => a.CompareTo(b) > 0;

    public static bool operator <=(DecimalNumber a, DecimalNumber b) => a.CompareTo(b) <= 0;

    public static bool operator >=(DecimalNumber a, DecimalNumber b) => a.CompareTo(b) >= 0;
}
