using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Grammar.Tests;

public class JsonNumbersTests
{
    static readonly Arbitrary<decimal> Decimals = Gen.Choose(-250_000, 250_000)
        .SelectMany(digits => Gen.Choose(0, 4), (digits, places) => new decimal(Math.Abs(digits), 0, 0, digits < 0, (byte)places)).ToArbitrary();

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0.0e7", "0")]
    [InlineData("1.0", "1")]
    [InlineData("120e-1", "12")]
    [InlineData("-0.00120", "-0.0012")]
    [InlineData("1E+3", "1000")]
    [InlineData("123456789012345678901234567890.5", "123456789012345678901234567890.5")]
    public void Numbers_have_one_spelling(string json, string expected)
    {
        Assert.True(DecimalNumber.TryParse(json, out DecimalNumber number));
        Assert.Equal(expected, number.ToString());
    }

    [Theory]
    [InlineData("1e1000")]
    [InlineData("1e-1001")]
    [InlineData("1e99999999999999999999")]
    public void Numbers_of_too_many_digits_are_not_read(string json) => Assert.False(DecimalNumber.TryParse(json, out _));

    [Fact]
    public void Order_floor_and_ceiling_are_those_of_decimals() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Decimals, Decimals, (a, b) =>
            Number(a).CompareTo(Number(b)) == a.CompareTo(b)
            && Number(a).Floor() == (BigInteger)decimal.Floor(a)
            && Number(a).Ceiling() == (BigInteger)decimal.Ceiling(a)));

    [Fact]
    public void Ranges_hold_the_numbers_between_their_ends() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Decimals, Decimals, Decimals, (a, b, value) =>
        {
            (decimal low, decimal high) = (Math.Min(a, b), Math.Max(a, b));
            // The ends themselves, and what is close to them, are tried as well.
            return ((decimal[])[value, low, high, low - 0.0001m, high + 0.0001m, low + 0.1m, decimal.Truncate(high), decimal.Truncate(low), -low, low * 10, high / 10])
                .All(v => Holds(low, high, v));
        }));

    [Fact]
    public void Half_open_ranges_hold_the_numbers_on_their_side() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Decimals, Decimals, (bound, value) => ((decimal[])[value, bound, bound + 0.001m, bound - 0.001m, -bound, 0]).All(v =>
            Contains(null, bound, false, v) == v <= bound && Contains(bound, null, false, v) == v >= bound
            && Contains(null, bound, true, v) == v < bound && Contains(bound, null, true, v) == v > bound)));

    [Fact]
    public void Multiples_are_those_of_decimals() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(1, 3000).ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), Decimals, (digits, places, value) =>
        {
            decimal divisor = new(digits, 0, 0, isNegative: false, (byte)places);
            Assert.True(JsonNumbers.TryMultiples(Number(divisor), out RegularExpression integers, out RegularExpression fractions));
            return ((decimal[])[value, value * divisor, decimal.Truncate(value) * divisor]).All(v => Accepts(integers, fractions, v) == (v % divisor == 0));
        }));

    [Fact]
    public void Integers_and_fractions_are_apart_and_whole() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Decimals, value =>
        {
            string text = Number(value).ToString();
            bool isInteger = decimal.IsInteger(value);
            return JsonNumbers.Integers.Accepts(text) == isInteger && JsonNumbers.Fractions.Accepts(text) == !isInteger;
        }));

    [Theory]
    [InlineData(0, 0, "0")]
    [InlineData(-1, 1, "-1 0 1")]
    [InlineData(8, 12, "8 9 10 11 12")]
    [InlineData(-101, -99, "-101 -100 -99")]
    [InlineData(5, 4, "")]
    public void Small_ranges_can_be_listed(int least, int most, string expected)
    {
        List<string>? list = RegularLanguage.Enumerate(JsonNumbers.IntegerRange(least, most), 10);
        Assert.NotNull(list);
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), list.Order(StringComparer.Ordinal));
    }

    static bool Holds(decimal low, decimal high, decimal value) =>
        Contains(low, high, false, value) == (low <= value && value <= high)
        && Contains(low, high, true, value) == (low < value && value < high);

    static bool Contains(decimal? low, decimal? high, bool leaveOut, decimal value)
    {
        DecimalNumber? min = low is { } l ? Number(l) : null, max = high is { } h ? Number(h) : null;
        BigInteger? least = min is not { } from ? null : leaveOut && from.IsInteger ? from.Floor() + 1 : from.Ceiling();
        BigInteger? most = max is not { } to ? null : leaveOut && to.IsInteger ? to.Floor() - 1 : to.Floor();
        return Accepts(JsonNumbers.IntegerRange(least, most), JsonNumbers.FractionRange(min, leaveOut, max, leaveOut), value);
    }

    static bool Accepts(RegularExpression integers, RegularExpression fractions, decimal value)
    {
        string text = Number(value).ToString();
        bool isFraction = text.Contains('.', StringComparison.Ordinal);
        // Zeros at the end of a fraction say nothing.
        return (isFraction ? fractions.Accepts(text) && fractions.Accepts(text + "00") : integers.Accepts(text)) && !(isFraction ? integers : fractions).Accepts(text);
    }

    static DecimalNumber Number(decimal value)
    {
        Assert.True(DecimalNumber.TryParse(value.ToString(CultureInfo.InvariantCulture), out DecimalNumber number));
        return number;
    }
}
