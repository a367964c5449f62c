using System.Text;

namespace Chorale.Harmony;

/// <summary>The names and descriptions of <see cref="DiagnosticCode"/>.</summary>
public static class DiagnosticCodes
{
    static readonly string[] Names = [.. Enum.GetNames<DiagnosticCode>().Select(SnakeCase)];

    /// <summary>The code as it stands on the wire: <c>missing_end</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not one of the codes.</exception>
    public static string NameOf(DiagnosticCode code) =>
        (uint)code < (uint)Names.Length ? Names[(int)code] : throw new ArgumentOutOfRangeException(nameof(code), code, "Not a code.");

    /// <summary>What is wrong, in words.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not one of the codes.</exception>
    public static string Describe(DiagnosticCode code) => code switch
    {
        DiagnosticCode.MissingStart => "A message begins without <|start|>",
        DiagnosticCode.MissingMessage => "A header has no <|message|>",
        DiagnosticCode.MissingEnd => "A message has no end token",
        DiagnosticCode.MissingHeader => "Text without a header",
        DiagnosticCode.HeaderCut => "A header breaks off",
        DiagnosticCode.RepeatedStart => "<|start|> stands again in a header that had said nothing",
        DiagnosticCode.RoleMissing => "A header names no role",
        DiagnosticCode.RepeatedRole => "A role stands more than once",
        DiagnosticCode.RoleRepaired => "An unknown role",
        DiagnosticCode.ChannelAsRole => "A channel stands where the role belongs",
        DiagnosticCode.ToolAsRole => "A tool stands where the role belongs",
        DiagnosticCode.ChannelMissing => "<|channel|> without a channel",
        DiagnosticCode.ChannelWithoutMarker => "A channel without <|channel|>",
        DiagnosticCode.ChannelRepaired => "A channel with something stuck to it",
        DiagnosticCode.RepeatedChannel => "A second channel",
        DiagnosticCode.UnknownChannel => "A channel that gpt-oss does not know",
        DiagnosticCode.RecipientMissing => "to= without a recipient",
        DiagnosticCode.RecipientWithoutTo => "A recipient without to=",
        DiagnosticCode.RecipientIsControlToken => "A control token as recipient",
        DiagnosticCode.RecipientIsNoTool => "The assistant writes to itself",
        DiagnosticCode.RepeatedRecipient => "A second recipient",
        DiagnosticCode.ContentTypeRepaired => "A content type that is not glued to <|constrain|>",
        DiagnosticCode.HeaderGarbage => "Words that have no place in a header",
        DiagnosticCode.TextBetweenMessages => "White space or header words between messages",
        DiagnosticCode.StrayEnd => "An end token where no message is open",
        DiagnosticCode.StrayControlToken => "A control token that has no place here",
        DiagnosticCode.ControlTokenInContent => "A special token in content",
        DiagnosticCode.EndOfText => "<|endoftext|> inside a turn",
        DiagnosticCode.UnknownToken => "An id that the vocabulary does not know",
        DiagnosticCode.InvalidUtf8 => "Bytes that are not UTF-8",
        DiagnosticCode.CallWithoutRecipient => "A call that names no tool",
        DiagnosticCode.CallNotEndedByCall => "A call that does not end in <|call|>",
        DiagnosticCode.ControlTokensStripped => "Text from which the control tokens were stripped",
        DiagnosticCode.EmptyTurn => "Nothing that could be a message",
        DiagnosticCode.UnknownTool => "A call of a tool that is not declared",
        DiagnosticCode.ToolNameRepaired => "A recipient with something stuck to it",
        DiagnosticCode.InvalidArguments => "Arguments that are not JSON",
        DiagnosticCode.ArgumentsRepaired => "Arguments that are nearly JSON",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Not a code."),
    };

    static string SnakeCase(string name)
    {
        StringBuilder snake = new();
        foreach (char c in name)
            _ = char.IsAsciiLetterUpper(c) && snake.Length > 0 ? snake.Append('_').Append(char.ToLowerInvariant(c)) : snake.Append(char.ToLowerInvariant(c));
        return snake.ToString();
    }
}
