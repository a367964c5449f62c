using System.Text;

namespace Chorale.Harmony;

/// <summary>The contents of messages that become one, an empty line between their words. Linear in all of it.</summary>
sealed class JoinedContent
{
    const string Between = "\n\n";

    readonly List<ContentPart> _parts = [];
    readonly StringBuilder _text = new();
    bool _hasText;

    public JoinedContent(IReadOnlyList<ContentPart> first) => Append(first);

    /// <summary>Adds the next message's; empty ones add nothing.</summary>
    public void Add(IReadOnlyList<ContentPart> next)
    {
        if (next.All(static part => part is TextContent { Text: "" }))
            return;
        if (_parts.Count > 0 || _text.Length > 0)
            AppendText(Between);
        Append(next);
    }

    public ContentPart[] ToParts()
    {
        Close();
        return [.. _parts];
    }

    void Append(IReadOnlyList<ContentPart> parts)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            bool isSeam = i == 0;   // only where two messages meet do texts become one part
            if (parts[i] is TextContent text)
            {
                if (!isSeam)
                    Close();
                AppendText(text.Text);
            }
            else
            {
                Close();
                _parts.Add(parts[i]);
            }
        }
    }

    void AppendText(string text)
    {
        _text.Append(text);
        _hasText = true;
    }

    void Close()
    {
        if (_hasText)
            _parts.Add(new TextContent(_text.ToString()));
        _text.Clear();
        _hasText = false;
    }
}
