using System.Globalization;
using System.Text;

namespace Chorale.Templates;

/// <summary>Python's <c>strftime</c>, for noon of a day, with English names.</summary>
static class PythonDate
{
    public static string Format(DateOnly date, string format, Budget budget)
    {
        budget.SpendOn(format.Length);
        DateTime noon = date.ToDateTime(new TimeOnly(12, 0));
        StringBuilder text = new();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            bool unpadded = format[++i] == '-' && i + 1 < format.Length;
            if (unpadded)
                i++;
            string part = Part(noon, format[i]);
            text.Append(unpadded && part.Length > 1 && char.IsAsciiDigit(part[0]) ? part.TrimStart('0') is "" ? "0" : part.TrimStart('0') : part);
        }
        return text.ToString();
    }

    static string Part(DateTime noon, char directive) => directive switch
    {
        'Y' => noon.Year.ToString(CultureInfo.InvariantCulture),
        'm' => Text(noon, "MM"),
        'd' => Text(noon, "dd"),
        'e' => noon.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'y' => Text(noon, "yy"),
        'b' or 'h' => Text(noon, "MMM"),
        'B' => Text(noon, "MMMM"),
        'a' => Text(noon, "ddd"),
        'A' => Text(noon, "dddd"),
        'j' => noon.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'u' => (((int)noon.DayOfWeek + 6) % 7 + 1).ToString(CultureInfo.InvariantCulture),
        'w' => ((int)noon.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'H' or 'I' => Text(noon, "HH"),
        'M' or 'S' => "00",
        'p' => "PM",
        'F' => Text(noon, "yyyy-MM-dd"),
        'D' or 'x' => Text(noon, "MM/dd/yy"),
        'T' or 'X' => "12:00:00",
        'R' => "12:00",
        'n' => "\n",
        't' => "\t",
        '%' => "%",
        _ => throw new TemplateRenderException(TemplateErrorKind.Python, $"strftime_now: the directive '%{directive}' is outside those that are known here"),
    };

    static string Text(DateTime noon, string format) => noon.ToString(format, CultureInfo.InvariantCulture);
}
