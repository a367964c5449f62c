using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Chorale.Templates;

/// <summary>Python's <c>str(x)</c> and <c>repr(x)</c>.</summary>
static class PythonText
{
    /// <summary>Appends <c>str(x)</c>.</summary>
    public static void Write(Output output, TemplateValue value)
    {
        switch (value)
        {
            case StringValue text:
                output.Append(text);
                break;
            case UndefinedValue:
                break;
            default:
                WriteRepr(output, value);
                break;
        }
    }

    public static TemplateRenderException TooDeep() => new(TemplateErrorKind.Limit, "values nest too deep");

    static void WriteRepr(Output output, TemplateValue value)
    {
        switch (value)
        {
            case StringValue text:
                WriteQuoted(output, text.Value);
                break;
            case NoneValue:
                output.Caller("None");
                break;
            case BooleanValue boolean:
                output.Caller(boolean.Value ? "True" : "False");
                break;
            case IntegerValue integer:
                output.Caller(integer.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case FloatValue number:
                output.Caller(PythonFloat.Format(number.Value));
                break;
            case ListValue list:
                WriteMembers(output, list.Members, list.IsTuple ? '(' : '[', list is { IsTuple: true, Members.Length: 1 } ? ",)" : list.IsTuple ? ")" : "]");
                break;
            case DictionaryValue dictionary:
                WriteDictionary(output, dictionary);
                break;
            case ItemsValue items:
                output.Caller("dict_items(");
                WriteMembers(output, items.ToPairs(), '[', "]");
                output.Caller(")");
                break;
            case UndefinedValue:
                output.Caller("Undefined");
                break;
            case OpaqueValue opaque:
                throw new TemplateRenderException(TemplateErrorKind.Python, $"{opaque.Description} cannot be printed: Python prints its address");
            default:
                throw new InvalidOperationException($"{value.GetType().Name} is no value of a template.");
        }
    }

    static void WriteMembers(Output output, TemplateValue[] members, char open, string close)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw TooDeep();
        output.Append(open, PieceKind.Caller);
        for (int i = 0; i < members.Length; i++)
        {
            if (i > 0)
                output.Caller(", ");
            WriteRepr(output, members[i]);
        }
        output.Caller(close);
    }

    static void WriteDictionary(Output output, DictionaryValue dictionary)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw TooDeep();
        output.Append('{', PieceKind.Caller);
        for (int i = 0; i < dictionary.Count; i++)
        {
            if (i > 0)
                output.Caller(", ");
            WriteQuoted(output, dictionary.Keys[i]);
            output.Caller(": ");
            WriteRepr(output, dictionary.Values[i]);
        }
        output.Append('}', PieceKind.Caller);
    }

    /// <summary>In single quotes, or in double ones where only single ones stand in it.</summary>
    static void WriteQuoted(Output output, string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        output.Append(quote, PieceKind.Caller);
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            bool whole = Rune.DecodeFromUtf16(rest, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            int code = whole ? rune.Value : rest[0];
            if (!whole)
                length = 1;
            if (code == quote || code == '\\')
                output.Caller(code == '\\' ? "\\\\" : quote == '"' ? "\\\"" : "\\'");
            else if (whole && IsPrintable(rune))
                output.Caller(rest[..length]);
            else
                output.Caller(Escape(code));
            rest = rest[length..];
        }
        output.Append(quote, PieceKind.Caller);
    }

    static string Escape(int code) => code switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < 0x100 => string.Create(CultureInfo.InvariantCulture, $"\\x{code:x2}"),
        < 0x10000 => string.Create(CultureInfo.InvariantCulture, $"\\u{code:x4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\U{code:x8}"),
    };

    static bool IsPrintable(Rune rune) => rune.Value is >= ' ' and < 0x7F || (rune.Value >= 0x80 && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator));
}
