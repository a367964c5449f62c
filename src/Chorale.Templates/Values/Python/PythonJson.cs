using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Chorale.Templates;

/// <summary>Python's <c>json.dumps(x, ensure_ascii=False, indent=…)</c>.</summary>
static class PythonJson
{
    static readonly SearchValues<char> Escaped = SearchValues.Create([.. "\"\\", .. Enumerable.Range(0, 0x20).Select(code => (char)code)]);

    /// <summary>Appends the JSON of a value.</summary>
    /// <param name="output">Takes it, as the caller's.</param>
    /// <param name="value">Any value; one that has no JSON is an error.</param>
    /// <param name="indent">Spaces of each level, a member a line; null writes one line, with spaces behind commas and colons.</param>
    public static void Write(Output output, TemplateValue value, int? indent) => Write(output, value, indent, level: 0);

    /// <summary>Appends a text in quotes.</summary>
    public static void WriteText(Output output, ReadOnlySpan<char> text)
    {
        output.Append('"', PieceKind.Caller);
        for (int special; (special = text.IndexOfAny(Escaped)) >= 0; text = text[(special + 1)..])
        {
            output.Caller(text[..special]);
            char character = text[special];
            output.Caller(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
            });
        }
        output.Caller(text);
        output.Append('"', PieceKind.Caller);
    }

    static void Write(Output output, TemplateValue value, int? indent, int level)
    {
        switch (value)
        {
            case StringValue text:
                WriteText(output, text.Value);
                break;
            case NoneValue:
                output.Caller("null");
                break;
            case BooleanValue boolean:
                output.Caller(boolean.Value ? "true" : "false");
                break;
            case IntegerValue integer:
                output.Caller(integer.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case FloatValue number:
                output.Caller(Number(number.Value));
                break;
            case ListValue list:
                WriteList(output, list, indent, level);
                break;
            case DictionaryValue dictionary:
                WriteDictionary(output, dictionary, indent, level);
                break;
            default:
                throw new TemplateRenderException(TemplateErrorKind.Python, $"TypeError: Object of type {value.TypeName} is not JSON serializable");
        }
    }

    static void WriteList(Output output, ListValue list, int? indent, int level)
    {
        if (list.Members.Length == 0)
        {
            output.Caller("[]");
            return;
        }
        Open(output, '[', indent, level);
        for (int i = 0; i < list.Members.Length; i++)
        {
            if (i > 0)
                Separate(output, indent, level);
            Write(output, list.Members[i], indent, level + 1);
        }
        Close(output, ']', indent, level);
    }

    static void WriteDictionary(Output output, DictionaryValue dictionary, int? indent, int level)
    {
        if (dictionary.Count == 0)
        {
            output.Caller("{}");
            return;
        }
        Open(output, '{', indent, level);
        for (int i = 0; i < dictionary.Count; i++)
        {
            if (i > 0)
                Separate(output, indent, level);
            WriteText(output, dictionary.Keys[i]);
            output.Caller(": ");
            Write(output, dictionary.Values[i], indent, level + 1);
        }
        Close(output, '}', indent, level);
    }

    static void Open(Output output, char bracket, int? indent, int level)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw PythonText.TooDeep();
        output.Append(bracket, PieceKind.Caller);
        NewLine(output, indent, level + 1);
    }

    static void Separate(Output output, int? indent, int level)
    {
        output.Caller(indent is null ? ", " : ",");
        NewLine(output, indent, level + 1);
    }

    static void Close(Output output, char bracket, int? indent, int level)
    {
        NewLine(output, indent, level);
        output.Append(bracket, PieceKind.Caller);
    }

    static void NewLine(Output output, int? indent, int level)
    {
        if (indent is not { } width)
            return;
        output.Append('\n', PieceKind.Caller);
        long spaces = (long)Math.Max(width, 0) * level;
        int length = (int)Math.Min(spaces, int.MaxValue);
        output.Reserve(length).Fill(' ');
        output.Advance(length, PieceKind.Caller);
    }

    static string Number(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "Infinity" : double.IsNegativeInfinity(value) ? "-Infinity" : PythonFloat.Format(value);
}
