using System.Globalization;

namespace Chorale.Templates;

/// <summary>Floats as Python's <c>repr</c> writes them: the shortest digits that give the number back, an exponent from 1e16 on and below 1e-4.</summary>
static class PythonFloat
{
    public static string Format(double value)
    {
        if (double.IsNaN(value))
            return "nan";
        if (double.IsInfinity(value))
            return value > 0 ? "inf" : "-inf";
        string sign = double.IsNegative(value) ? "-" : "";
        if (value == 0)
            return sign + "0.0";

        string text = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        int mark = text.IndexOf('E', StringComparison.Ordinal);
        string plain = mark < 0 ? text : text[..mark];
        int point = plain.IndexOf('.', StringComparison.Ordinal) is >= 0 and int found ? found : plain.Length;
        string all = plain.Replace(".", "", StringComparison.Ordinal);
        string digits = all.TrimStart('0');
        int exponent = point - 1 - (all.Length - digits.Length) + (mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        digits = digits.TrimEnd('0');
        if (exponent is < -4 or >= 16)
        {
            string dot = digits.Length > 1 ? "." : "";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{dot}{digits.AsSpan(1)}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }
        if (exponent < 0)
            return sign + "0." + new string('0', -exponent - 1) + digits;
        return digits.Length <= exponent + 1
            ? sign + digits.PadRight(exponent + 1, '0') + ".0"
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
