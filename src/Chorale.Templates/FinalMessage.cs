namespace Chorale.Templates;

/// <summary><c>continue_final_message</c>, as transformers does it: a mark behind the last content, and the text cut where the mark came out.</summary>
static class FinalMessage
{
    const string Mark = "CONTINUE_FINAL_MESSAGE_TAG ";
    const string BareMark = "CONTINUE_FINAL_MESSAGE_TAG";

    /// <summary>Puts the mark behind the content of the last message.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="content">That content, without the mark.</param>
    public static TemplateValue Append(TemplateValue messages, out string content)
    {
        if (messages is not ListValue list)
            throw Error($"TypeError: the messages are a {messages.TypeName}, expected a list");
        if (list.Members.Length == 0)
            throw Error("IndexError: list index out of range");
        if (list.Members[^1] is not DictionaryValue last || !last.TryGet("content", out TemplateValue? value))
            throw Error("KeyError: 'content'");
        TemplateValue[] members = [.. list.Members];
        members[^1] = last.Replace("content", value is ListValue parts ? AppendToParts(parts, out content) : AppendToText(value, out content));
        return new ListValue(members);
    }

    /// <summary>Cuts the text at the mark.</summary>
    public static void Cut(Output output, string content)
    {
        ReadOnlySpan<char> text = output.Text;
        int at = text.LastIndexOf(BareMark);
        if (at < 0 || text.IndexOf(PythonStrings.Trim(content)) < 0)
        {
            throw new TemplateRenderException(TemplateErrorKind.Call, "continue_final_message is set but the final message does not appear in the chat after applying the chat template! "
                + "This can happen if the chat template deletes portions of the final message. Please verify the chat template and final message in your chat to ensure they are compatible.");
        }
        output.Truncate(text[at..].StartsWith(Mark) ? at : PythonStrings.TrimEnd(text[..at], characters: null).Length);
    }

    static StringValue AppendToText(TemplateValue value, out string content)
    {
        content = value is StringValue text ? text.Value : throw Error($"TypeError: unsupported operand type(s) for +: '{value.TypeName}' and 'str'");
        return new StringValue(content + Mark, PieceKind.Caller);
    }

    static ListValue AppendToParts(ListValue parts, out string content)
    {
        for (int i = parts.Members.Length - 1; i >= 0; i--)
        {
            if (parts.Members[i] is not DictionaryValue part || !part.TryGet("text", out TemplateValue? value))
                continue;
            TemplateValue[] members = [.. parts.Members];
            members[i] = part.Replace("text", AppendToText(value, out content));
            return new ListValue(members);
        }
        throw new TemplateRenderException(TemplateErrorKind.Call, "continue_final_message is set but we could not find any text to continue in the final message!");
    }

    static TemplateRenderException Error(string reason) => new(TemplateErrorKind.Python, reason);
}
