namespace Chorale.Training;

/// <summary>Finds spelled control tokens of Harmony's vocabulary in contents.</summary>
static class MarkerScan
{
    static readonly string[] Names = ["start", "end", "message", "channel", "constrain", "return", "call", "startoftext", "endoftext", "endofprompt"];

    /// <summary>Whether a text spells one.</summary>
    public static bool Holds(ReadOnlySpan<char> text)
    {
        for (int at; (at = text.IndexOf("<|")) >= 0; text = text[(at + 2)..])
        {
            ReadOnlySpan<char> name = text[(at + 2)..];
            int end = name.IndexOf("|>");
            if (end < 0)
                return false;
            name = name[..end];
            foreach (string known in Names)
                if (name.SequenceEqual(known))
                    return true;
            if (name.StartsWith("reserved_"))
                return true;
        }
        return false;
    }
}
