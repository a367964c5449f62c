namespace Chorale.Grammar;

/// <summary>Cuts a Lark grammar into tokens.</summary>
static class LarkLexer
{
    static readonly string[] Symbols = ["->", "..", ":", "|", "(", ")", "[", "]", "{", "}", ",", "?", "*", "+", "-", "!", "~", "."];

    /// <summary>Reads all tokens.</summary>
    /// <returns>The tokens, of which the last is <see cref="LarkTokenKind.End"/>.</returns>
    public static List<LarkToken> Read(GrammarText text)
    {
        List<LarkToken> tokens = [];
        int offset = 0;
        while (offset < text.Length)
        {
            (LarkTokenKind kind, int end) = Next(text, offset);
            if (end == offset)
            {
                offset = SkipBlank(text, offset);
                continue;
            }
            if (kind != LarkTokenKind.LineBreak || tokens.Count == 0 || tokens[^1].Kind != LarkTokenKind.LineBreak)
                tokens.Add(new(kind, offset, text.Value[offset..end]));
            offset = end;
        }
        tokens.Add(new(LarkTokenKind.End, text.Length, ""));
        return tokens;
    }

    /// <summary>The token that begins at a place, and where it ends: there, where a blank or a comment begins.</summary>
    static (LarkTokenKind Kind, int End) Next(GrammarText text, int offset)
    {
        int first = text.At(offset);
        if (SkipBlank(text, offset) > offset)
            return (LarkTokenKind.End, offset);
        if (GrammarText.IsLineBreak(first))
            return (LarkTokenKind.LineBreak, offset + 1);
        if (IsWord(first) && first is not (>= '0' and <= '9'))
            return (LarkTokenKind.Name, SkipWord(text, offset));
        if (first is >= '0' and <= '9')
        {
            while (text.At(offset) is >= '0' and <= '9')
                offset++;
            return (LarkTokenKind.Number, offset);
        }
        if (first == '"')
            return (LarkTokenKind.String, EndOfString(text, offset));
        if (first == '/')
            return (LarkTokenKind.Regex, EndOfRegex(text, offset));
        if (first == '%' && IsWord(text.At(offset + 1)))
            return (LarkTokenKind.Directive, SkipWord(text, offset + 1));
        string symbol = Array.Find(Symbols, symbol => string.CompareOrdinal(text.Value, offset, symbol, 0, symbol.Length) == 0)
            ?? throw text.Error(offset, first switch
            {
                '\'' => "Found ', but strings stand in double quotes.",
                '@' => "Found '@': directives of that form are not supported.",
                '<' => "Found '<': special tokens cannot stand in a Lark grammar.",
                _ => $"Found {text.Describe(offset)}, which begins nothing in a Lark grammar.",
            });
        return (LarkTokenKind.Symbol, offset + symbol.Length);
    }

    static int SkipBlank(GrammarText text, int offset)
    {
        while (text.At(offset) is ' ' or '\t' or '\f')
            offset++;
        if (text.At(offset) == '#' || (text.At(offset) == '/' && text.At(offset + 1) == '/'))
        {
            while (text.At(offset) != GrammarText.End && !GrammarText.IsLineBreak(text.At(offset)))
                offset++;
        }
        return offset;
    }

    static int EndOfString(GrammarText text, int start)
    {
        int offset = start + 1;
        while (text.At(offset) != '"')
        {
            if (text.At(offset) == '\\')
                offset++;
            if (text.At(offset) == GrammarText.End || GrammarText.IsLineBreak(text.At(offset)))
                throw text.Error(start, $"A string begins here and is not closed: found {text.Describe(offset)} where '\"' was expected.");
            offset++;
        }
        return text.At(offset + 1) == 'i' ? offset + 2 : offset + 1;
    }

    static int EndOfRegex(GrammarText text, int start)
    {
        bool hasLineBreak = false;
        int offset = start + 1;
        while (text.At(offset) != '/')
        {
            if (text.At(offset) == '\\')
                offset++;
            if (text.At(offset) == GrammarText.End)
                throw text.Error(start, "A regular expression begins here and is not closed: found the end of the grammar where '/' was expected.");
            hasLineBreak |= GrammarText.IsLineBreak(text.At(offset));
            offset++;
        }
        int end = offset + 1;
        while (text.At(end) is >= 'a' and <= 'z')
            end++;
        return hasLineBreak && !text.Value.AsSpan(offset, end - offset).Contains('x')
            ? throw text.Error(start, "A regular expression begins here and is not closed in its line; only with the flag x it may have several.")
            : end;
    }

    static int SkipWord(GrammarText text, int offset)
    {
        while (IsWord(text.At(offset)))
            offset++;
        return offset;
    }

    static bool IsWord(int character) => character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_';
}
