using System.Globalization;
using System.Numerics;

namespace Chorale.Grammar;

/// <summary>
/// Regular languages of numbers by value. Integers have one spelling, <c>0</c> or <c>-?[1-9][0-9]*</c>; fractions, the numbers that are no integers, are spelled without
/// exponent, and with as many zeros at the end as one likes: <c>-?(0|[1-9][0-9]*)\.[0-9]*[1-9][0-9]*</c>. So that a set of values is a language, and the operations on sets are
/// those on languages.
/// </summary>
static class JsonNumbers
{
    static readonly RegularExpression Digit = Digits('0', '9'), Digits0 = RegularExpression.Repeat(Digit, 0), NotZero = Digits('1', '9');
    static readonly RegularExpression Zeros = RegularExpression.Repeat(Digits('0', '0'), 0);

    /// <summary>Digits that are not all zero.</summary>
    static readonly RegularExpression SomeDigits = RegularExpression.Concat(Zeros, NotZero, Digits0);

    /// <summary>The point and what is behind it.</summary>
    static readonly RegularExpression Tail = RegularExpression.Concat(Digits('.', '.'), SomeDigits);

    static readonly RegularExpression Minus = RegularExpression.Literal("-"), Zero = Digits('0', '0');

    static readonly RegularExpression Exponent = RegularExpression.Optional(RegularExpression.Concat(
        RegularExpression.Set(CharSet.Of("eE")), RegularExpression.Optional(RegularExpression.Set(CharSet.Of("+-"))), RegularExpression.Repeat(Digit, 1, 2)));

    static readonly RegularExpression AnyTail = RegularExpression.Optional(RegularExpression.Concat(Digits('.', '.'), RegularExpression.Repeat(Digit, 1)));

    static readonly RegularExpression ZeroTail = RegularExpression.Optional(RegularExpression.Concat(Digits('.', '.'), RegularExpression.Repeat(Zero, 1)));

    public static RegularExpression PositiveIntegers { get; } = RegularExpression.Concat(NotZero, Digits0);

    public static RegularExpression NegativeIntegers { get; } = RegularExpression.Concat(Minus, PositiveIntegers);

    public static RegularExpression NaturalIntegers { get; } = RegularExpression.Or(Zero, PositiveIntegers);

    static RegularExpression NonPositiveIntegers { get; } = RegularExpression.Or(Zero, NegativeIntegers);

    /// <summary>All integers.</summary>
    public static RegularExpression Integers { get; } = RegularExpression.Or(Zero, RegularExpression.Concat(RegularExpression.Optional(Minus), PositiveIntegers));

    static RegularExpression PositiveFractions { get; } = RegularExpression.Concat(NaturalIntegers, Tail);

    static RegularExpression NegativeFractions { get; } = RegularExpression.Concat(Minus, PositiveFractions);

    /// <summary>All numbers that are no integers.</summary>
    public static RegularExpression Fractions { get; } = RegularExpression.Concat(RegularExpression.Optional(Minus), PositiveFractions);

    // Exponents have two digits at most: so every number is one that a double holds, unless its digits alone are too many.
    static RegularExpression AnyMagnitude { get; } = RegularExpression.Concat(NaturalIntegers, AnyTail, Exponent);

    static RegularExpression SomeMagnitude { get; } = RegularExpression.Concat(
        RegularExpression.Or(RegularExpression.Concat(PositiveIntegers, AnyTail), RegularExpression.Concat(Zero, Tail)), Exponent);

    static RegularExpression AnyNumber { get; } = RegularExpression.Concat(RegularExpression.Optional(Minus), AnyMagnitude);

    static RegularExpression NegativeNumber { get; } = RegularExpression.Concat(Minus, SomeMagnitude);

    static RegularExpression NonPositiveNumber { get; } = RegularExpression.Or(RegularExpression.Concat(Zero, ZeroTail, Exponent), RegularExpression.Concat(Minus, AnyMagnitude));

    /// <summary>
    /// How a set of numbers is written. Integers alone as digits, since typed readers take nothing else for an integer. With fractions among them, integers may have zeros behind a
    /// point. All numbers, or all of one sign, may have an exponent.
    /// </summary>
    public static RegularExpression Spelling(RegularExpression integers, RegularExpression fractions)
    {
        if (ReferenceEquals(fractions, RegularExpression.Nothing))
            return integers;
        if (ReferenceEquals(fractions, Fractions) && ReferenceEquals(integers, Integers))
            return AnyNumber;
        if (ReferenceEquals(fractions, PositiveFractions) && ReferenceEquals(integers, NaturalIntegers))
            return AnyMagnitude;
        if (ReferenceEquals(fractions, PositiveFractions) && ReferenceEquals(integers, PositiveIntegers))
            return SomeMagnitude;
        if (ReferenceEquals(fractions, NegativeFractions) && ReferenceEquals(integers, NonPositiveIntegers))
            return NonPositiveNumber;
        if (ReferenceEquals(fractions, NegativeFractions) && ReferenceEquals(integers, NegativeIntegers))
            return NegativeNumber;
        return RegularExpression.Or(RegularExpression.Concat(integers, ZeroTail), fractions);
    }

    /// <summary>The spellings of one fraction.</summary>
    public static RegularExpression Fraction(DecimalNumber value) => RegularExpression.Concat(RegularExpression.Literal(value.ToString()), Zeros);

    /// <summary>The integers in a range, both ends included; null is no end.</summary>
    public static RegularExpression IntegerRange(BigInteger? least, BigInteger? most)
    {
        if (least > most)
            return RegularExpression.Nothing;
        if (least is null && most is null)
            return Integers;
        if (least is { IsZero: true } && most is null)
            return NaturalIntegers;
        if (least is { IsOne: true } && most is null)
            return PositiveIntegers;
        if (most is { IsZero: true } && least is null)
            return NonPositiveIntegers;
        if (most == BigInteger.MinusOne && least is null)
            return NegativeIntegers;
        List<RegularExpression> parts = [];
        if (least is null || least <= BigInteger.MinusOne)
        {
            RegularExpression magnitudes = Magnitudes(most is { } m && m < 0 ? -m : BigInteger.One, -least);
            parts.Add(RegularExpression.Concat(Minus, magnitudes));
        }
        if (!(least > 0) && !(most < 0))
            parts.Add(Zero);
        if (most is null || most >= BigInteger.One)
            parts.Add(Magnitudes(least is { } l && l > 0 ? l : BigInteger.One, most));
        return RegularExpression.Or(parts);
    }

    /// <summary>The fractions in a range; null is no end. Where an end is itself a fraction it is left out on request.</summary>
    public static RegularExpression FractionRange(DecimalNumber? least, bool isLeastLeftOut, DecimalNumber? most, bool isMostLeftOut)
    {
        if (least is { } from && most is { } to && (from > to || (from == to && (from.IsInteger || isLeastLeftOut || isMostLeftOut))))
            return RegularExpression.Nothing;
        bool hasNegative = least is not { Sign: >= 0 }, hasPositive = most is not { Sign: <= 0 };
        if (least is null or { Sign: 0 } && most is null or { Sign: 0 })
            return hasNegative ? hasPositive ? Fractions : NegativeFractions : PositiveFractions;
        RegularExpression negative = !hasNegative ? RegularExpression.Nothing
            : RegularExpression.And(most is { Sign: < 0 } ? Above(-most.Value, isMostLeftOut) : PositiveFractions, least is { } l ? Below(-l, isLeastLeftOut) : PositiveFractions);
        RegularExpression positive = !hasPositive ? RegularExpression.Nothing
            : RegularExpression.And(least is { Sign: > 0 } ? Above(least.Value, isLeastLeftOut) : PositiveFractions, most is { } m ? Below(m, isMostLeftOut) : PositiveFractions);
        return RegularExpression.Or(RegularExpression.Concat(Minus, negative), positive);
    }

    /// <summary>Multiples among the integers and among the fractions. False where the divisor has too many digits.</summary>
    public static bool TryMultiples(DecimalNumber divisor, out RegularExpression integers, out RegularExpression fractions)
    {
        const int mostStates = 100_000, mostPlaces = 18;
        integers = fractions = RegularExpression.Nothing;
        int scale = Math.Max(-divisor.Exponent, 0);
        if (divisor.Digits > 1_000_000_000 || scale > mostPlaces)
            return false;
        // An integer n is a multiple of d / 10^s where d divides n × 10^s: where d without the factors that it has in common with 10^s divides n.
        BigInteger whole = divisor.Digits / BigInteger.GreatestCommonDivisor(divisor.Digits, BigInteger.Pow(10, scale));
        if (whole > mostStates || (scale > 0 && divisor.Digits > mostStates))
            return false;
        RegularExpression zeros = RegularExpression.Repeat(Zero, divisor.Exponent > 0 ? divisor.Exponent : 0, divisor.Exponent > 0 ? divisor.Exponent : 0);
        integers = whole.IsOne && divisor.Exponent <= 0 ? Integers
            : RegularExpression.Or(Zero, RegularExpression.Concat(RegularExpression.Optional(Minus),
                RegularExpression.Concat(whole.IsOne ? PositiveIntegers : RegularExpression.And(PositiveIntegers, RegularExpression.MultipleOf((long)whole, 0)), zeros)));
        if (scale > 0)
        {
            RegularExpression magnitudes = divisor.Digits.IsOne
                ? RegularExpression.Concat(NaturalIntegers, Digits('.', '.'), RegularExpression.Or(Enumerable.Range(1, scale).Select(LastPlace)))
                : RegularExpression.And(PositiveFractions, RegularExpression.MultipleOf((long)divisor.Digits, scale));
            fractions = RegularExpression.Concat(RegularExpression.Optional(Minus), magnitudes);
        }
        return true;

        static RegularExpression LastPlace(int place) => RegularExpression.Concat(RegularExpression.Repeat(Digit, place - 1, place - 1), NotZero, Zeros);
    }

    static RegularExpression Digits(char first, char last) => RegularExpression.Set(CharSet.Range(first, last));

    static RegularExpression Count(int digits) => RegularExpression.Repeat(Digit, digits, digits);

    /// <summary>Positive integers in a range, without sign.</summary>
    static RegularExpression Magnitudes(BigInteger least, BigInteger? most)
    {
        if (least > most)
            return RegularExpression.Nothing;
        string low = least.ToString(CultureInfo.InvariantCulture);
        if (most is not { } bound)
            return RegularExpression.Or(SameLength(low, new string('9', low.Length), 0), RegularExpression.Concat(NotZero, RegularExpression.Repeat(Digit, low.Length)));
        string high = bound.ToString(CultureInfo.InvariantCulture);
        if (low.Length == high.Length)
            return SameLength(low, high, 0);
        List<RegularExpression> parts =
        [
            SameLength(low, new string('9', low.Length), 0),
            SameLength("1" + new string('0', high.Length - 1), high, 0),
        ];
        if (high.Length > low.Length + 1)
            parts.Add(RegularExpression.Concat(NotZero, RegularExpression.Repeat(Digit, low.Length, high.Length - 2)));
        return RegularExpression.Or(parts);
    }

    /// <summary>What may follow at a place of two bounds of one length that agree before it.</summary>
    static RegularExpression SameLength(string low, string high, int place)
    {
        int rest = low.Length - place - 1;
        if (rest < 0)
            return RegularExpression.Empty;
        if (low.AsSpan(place).IndexOfAnyExcept('0') < 0 && high.AsSpan(place).IndexOfAnyExcept('9') < 0)
            return Count(rest + 1);
        if (low[place] == high[place])
            return RegularExpression.Concat(Digits(low[place], low[place]), SameLength(low, high, place + 1));
        List<RegularExpression> parts =
        [
            RegularExpression.Concat(Digits(low[place], low[place]), SameLength(low, new string('9', low.Length), place + 1)),
            RegularExpression.Concat(Digits(high[place], high[place]), SameLength(new string('0', high.Length), high, place + 1)),
        ];
        if (high[place] > low[place] + 1)
            parts.Add(RegularExpression.Concat(Digits((char)(low[place] + 1), (char)(high[place] - 1)), Count(rest)));
        return RegularExpression.Or(parts);
    }

    /// <summary>Fractions without sign that are greater than a bound of at least 0.</summary>
    static RegularExpression Above(DecimalNumber bound, bool isBoundLeftOut)
    {
        (string whole, string fraction) = bound.Magnitude();
        RegularExpression rest = fraction.Length > 0 && !isBoundLeftOut ? Digits0 : SomeDigits;
        for (int i = fraction.Length - 1; i >= 0; i--)
            rest = Step(fraction[i], (char)(fraction[i] + 1), '9', Digits0, rest);
        rest = RegularExpression.Concat(Digits('.', '.'), rest);
        for (int i = whole.Length - 1; i >= 0; i--)
            rest = Step(whole[i], (char)(whole[i] + 1), '9', RegularExpression.Concat(Count(whole.Length - 1 - i), Tail), rest);
        return RegularExpression.Or(rest, RegularExpression.Concat(NotZero, RegularExpression.Repeat(Digit, whole.Length), Tail));
    }

    /// <summary>Fractions without sign that are less than a bound of at least 0.</summary>
    static RegularExpression Below(DecimalNumber bound, bool isBoundLeftOut)
    {
        (string whole, string fraction) = bound.Magnitude();
        // Behind the point, only what is not all zeros is a fraction.
        int firstDigit = fraction.AsSpan().IndexOfAnyExcept('0');
        RegularExpression rest = fraction.Length > 0 && !isBoundLeftOut ? Zeros : RegularExpression.Nothing;
        for (int i = fraction.Length - 1; i >= 0; i--)
        {
            bool isSome = i > firstDigit;
            RegularExpression less = isSome ? Step(fraction[i], '0', (char)(fraction[i] - 1), Digits0, rest)
                : RegularExpression.Or(
                    Step(fraction[i], '1', (char)(fraction[i] - 1), Digits0, rest),
                    fraction[i] > '0' ? RegularExpression.Concat(Zero, SomeDigits) : RegularExpression.Nothing);
            rest = isSome ? RegularExpression.Optional(less) : less;
        }
        rest = RegularExpression.Concat(Digits('.', '.'), rest);
        for (int i = whole.Length - 1; i >= 0; i--)
            rest = Step(whole[i], i == 0 && whole.Length > 1 ? '1' : '0', (char)(whole[i] - 1), RegularExpression.Concat(Count(whole.Length - 1 - i), Tail), rest);
        return whole.Length == 1 ? rest
            : RegularExpression.Or(rest, RegularExpression.Concat(RegularExpression.Or(Zero, RegularExpression.Concat(NotZero, RegularExpression.Repeat(Digit, 0, whole.Length - 2))), Tail));
    }

    /// <summary>Either the digit of the bound and what follows it, or one of a range and what may follow that.</summary>
    static RegularExpression Step(char digit, char first, char last, RegularExpression after, RegularExpression onBound)
    {
        RegularExpression same = RegularExpression.Concat(Digits(digit, digit), onBound);
        return first > last ? same : RegularExpression.Or(same, RegularExpression.Concat(Digits(first, last), after));
    }
}
