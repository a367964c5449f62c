using System.Text;

namespace Chorale.Chat;

/// <summary>Looks for stop sequences in a text that arrives in pieces, and holds back what may be the beginning of one. Linear in the text.</summary>
/// <remarks>For one text at a time. Source: Knuth, Morris and Pratt 1977, "Fast Pattern Matching in Strings"; one automaton for each sequence.</remarks>
/// <param name="sequences">The sequences, each of at least one character.</param>
public sealed class StopSequenceFilter(IReadOnlyList<string> sequences)
{
    readonly Pattern[] _patterns = [.. (sequences ?? throw new ArgumentNullException(nameof(sequences))).Select(sequence => new Pattern(sequence))];
    readonly StringBuilder _held = new();

    /// <summary>The sequence that was found; null so long as none was.</summary>
    public string? Found { get; private set; }

    /// <summary>Takes what joined the text.</summary>
    /// <returns>What certainly stands before any stop sequence; after one was found, nothing.</returns>
    public string Push(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (_patterns.Length == 0 || text.Length == 0)
            return text;
        if (Found is not null)
            return "";
        int before = _held.Length;
        _held.Append(text);
        for (int i = 0; i < text.Length; i++)
        {
            int longest = 0;
            foreach (Pattern pattern in _patterns)
            {
                if (pattern.Step(text[i]) && pattern.Text.Length > longest)
                    (Found, longest) = (pattern.Text, pattern.Text.Length);
            }
            if (longest > 0)
                return Release(before + i + 1 - longest);
        }
        return Release(_held.Length - _patterns.Max(pattern => pattern.Matched));
    }

    /// <summary>Says that the text ends here.</summary>
    /// <returns>What was held back; after a sequence was found, nothing.</returns>
    public string Finish()
    {
        string rest = Found is null ? Release(_held.Length) : "";
        _held.Clear();
        foreach (Pattern pattern in _patterns)
            pattern.Matched = 0;
        return rest;
    }

    string Release(int length)
    {
        string text = _held.ToString(0, length);
        _held.Remove(0, length);
        return text;
    }

    sealed class Pattern
    {
        readonly int[] _fallback;

        public Pattern(string text)
        {
            Text = text;
            _fallback = new int[text.Length + 1];
            for (int i = 1, matched = 0; i < text.Length; i++)
            {
                while (matched > 0 && text[i] != text[matched])
                    matched = _fallback[matched];
                _fallback[i + 1] = text[i] == text[matched] ? ++matched : 0;
            }
        }

        public string Text { get; }

        /// <summary>How many of its characters the text ends in.</summary>
        public int Matched { get; set; }

        public bool Step(char c)
        {
            while (Matched > 0 && c != Text[Matched])
                Matched = _fallback[Matched];
            if (c == Text[Matched])
                Matched++;
            return Matched == Text.Length;
        }
    }
}
