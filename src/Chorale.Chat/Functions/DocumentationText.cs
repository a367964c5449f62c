using System.Text;

namespace Chorale.Chat;

/// <summary>Gathers one section of a documentation file as plain text: white space runs become one space, paragraphs and items of lists lines.</summary>
sealed class DocumentationText
{
    /// <summary>A description is read by a model at every turn; what is longer is no description.</summary>
    const int MaxLength = 8_192;

    readonly StringBuilder _text = new();
    bool _needsSpace, _needsLine;

    public void Append(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c))
                _needsSpace = true;
            else
                Append(c);
        }
    }

    /// <summary>What follows stands on a line of its own.</summary>
    public void Break() => _needsLine = true;

    /// <summary>Begins an item of a list.</summary>
    public void Item()
    {
        Break();
        Append("- ");
    }

    /// <summary>Null where there is nothing.</summary>
    public string? ToText() => _text.Length == 0 ? null : _text.ToString();

    void Append(char c)
    {
        if (_text.Length >= MaxLength)
            return;
        if (_text.Length > 0 && _needsLine)
            _text.Append('\n');
        else if (_text.Length > 0 && _needsSpace)
            _text.Append(' ');
        _needsLine = _needsSpace = false;
        _text.Append(c);
    }
}
