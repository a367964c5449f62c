using System.Globalization;

namespace Chorale.Grammar;

/// <summary>The times of day of RFC 3339 in the leap second, which is 23:59:60 in UTC: <c>00:59:60+01:00</c>. It holds what is read of the hour and minute.</summary>
sealed class LeapSecond(string read, bool mayOmitOffset)
    : RegularExpression(HashCode.Combine(11, string.GetHashCode(read, StringComparison.Ordinal), mayOmitOffset), isNullable: false, isPlain: true)
{
    /// <summary>How long the longest of them is, without a fraction.</summary>
    public const int Length = 14;

    const int MinutesOfDay = 24 * 60;

    static readonly RegularExpression Seconds = RegexPattern.Whole(@":60(\.[0-9]+)?");
    static readonly RegularExpression HoursAndMinutes = RegexPattern.Whole("([01][0-9]|2[0-3]):[0-5][0-9]");

    readonly string _read = read;
    readonly bool _mayOmitOffset = mayOmitOffset;
    readonly RegularExpression _left = Left(read);

    public override RegularExpression Derivative(int scalar)
    {
        RegularExpression left = _left.Derivative(scalar);
        if (ReferenceEquals(left, Nothing))
            return Nothing;
        string next = _read + (char)scalar;
        return left.IsNullable ? Concat(Seconds, Offsets(next)) : new LeapSecond(next, _mayOmitOffset);
    }

    public override void CollectSets(ISet<CharSet> sets)
    {
        HoursAndMinutes.CollectSets(sets);
        Seconds.CollectSets(sets);
        for (int scalar = '0'; scalar <= '9'; scalar++)
            sets.Add(CharSet.Of(scalar));
        foreach (int scalar in "+-:Zz")
            sets.Add(CharSet.Of(scalar));
    }

    public override string ToString() => $"<leap second {_read}>";

    protected override bool IsSame(RegularExpression other) =>
        other is LeapSecond same && _read == same._read && _mayOmitOffset == same._mayOmitOffset;

    static RegularExpression Left(string read)
    {
        RegularExpression left = HoursAndMinutes;
        foreach (char digit in read)
            left = left.Derivative(digit);
        return left;
    }

    /// <summary>The offsets from UTC under which a time is a minute before midnight there.</summary>
    RegularExpression Offsets(string hourAndMinute)
    {
        int minute = (int.Parse(hourAndMinute.AsSpan(0, 2), CultureInfo.InvariantCulture) * 60) + int.Parse(hourAndMinute.AsSpan(3), CultureInfo.InvariantCulture);
        List<string> offsets = [$"+{Name((minute + 1) % MinutesOfDay)}", $"-{Name(MinutesOfDay - 1 - minute)}"];
        if (minute == MinutesOfDay - 1)
            offsets.AddRange(_mayOmitOffset ? ["Z", "z", ""] : ["Z", "z"]);
        return Strings(offsets);
    }

    static string Name(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");
}
