using System.Text;

namespace Chorale.Server;

/// <summary>The text of contents that clients send: plain, or in parts.</summary>
static class InputText
{
    /// <summary>The text of a message's content.</summary>
    /// <exception cref="ApiException">A part that no text model can read.</exception>
    public static string OfContent(RequestValue content)
    {
        if (content.IsText)
            return content.Text();
        List<string> texts = [];
        foreach (RequestValue part in content.Array())
            texts.Add(part.IsText ? part.Text() : OfPart(part.Object()));
        return string.Join('\n', texts);
    }

    /// <summary>The text of what a tool gave: what is no text is named in its place, since the model must know that there was something.</summary>
    public static string OfOutput(RequestValue output, List<string> warnings)
    {
        if (output.IsText)
            return output.Text();
        if (!output.IsArray)
            return output.Element.GetRawText();    // some clients forget to write JSON as a string
        List<string> texts = [];
        foreach (RequestValue part in output.Array())
        {
            if (part is { IsObject: true } && part.Object() is var given && given.OptionalText("type") is { } type && !IsText(type) && type != "input_file")
            {
                texts.Add($"[{RequestValue.Shorten(type)}: left out, as this model reads text only]");
                warnings.Add($"'{part.Path}' of the type '{RequestValue.Shorten(type)}' was left out: this model reads text only.");
            }
            else
            {
                texts.Add(part.IsText ? part.Text() : OfPart(part.Object()));
            }
        }
        return string.Join('\n', texts);
    }

    static bool IsText(string type) => type is "input_text" or "output_text" or "text" or "reasoning_text" or "summary_text" or "refusal";

    static string OfPart(RequestObject part)
    {
        string type = part.OptionalText("type") ?? "input_text";
        if (IsText(type))
            return type == "refusal" ? part.OptionalText("refusal") ?? "" : part.OptionalText("text") ?? "";
        if (type == "input_file" && TryReadFile(part, out string text))
            return text;
        throw ApiException.Invalid(
            $"Invalid value for '{part.Path}': a part of the type '{RequestValue.Shorten(type)}' is not supported, as this model reads text only.", part.PathOf("type"), "unsupported_content");
    }

    /// <summary>A file that came within the request and is text.</summary>
    static bool TryReadFile(RequestObject part, out string text)
    {
        text = "";
        if (part.OptionalText("file_data") is not { } data)
            return false;
        int comma = data.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? data.IndexOf(',', StringComparison.Ordinal) : -1;
        byte[] bytes = new byte[data.Length];
        if (!Convert.TryFromBase64Chars(data.AsSpan(comma + 1), bytes, out int length))
            return false;
        try
        {
            string content = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes, 0, length);
            if (content.Contains('\0', StringComparison.Ordinal))
                return false;
            text = part.OptionalText("filename") is { } name ? $"{name}:\n{content}" : content;
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
