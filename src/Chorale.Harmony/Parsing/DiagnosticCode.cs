namespace Chorale.Harmony;

/// <summary>The kinds of <see cref="HarmonyDiagnostic"/>; <c>docs/harmony-repairs.md</c> shows one of each.</summary>
public enum DiagnosticCode
{
    /// <summary>A message begins without &lt;|start|&gt;.</summary>
    MissingStart,

    /// <summary>A header has no &lt;|message|&gt;.</summary>
    MissingMessage,

    /// <summary>A message has no end token.</summary>
    MissingEnd,

    /// <summary>Text without a header.</summary>
    MissingHeader,

    /// <summary>A header breaks off.</summary>
    HeaderCut,

    /// <summary>&lt;|start|&gt; stands again in a header that had said nothing.</summary>
    RepeatedStart,

    /// <summary>A header names no role.</summary>
    RoleMissing,

    /// <summary>A role stands more than once.</summary>
    RepeatedRole,

    /// <summary>An unknown role.</summary>
    RoleRepaired,

    /// <summary>A channel stands where the role belongs.</summary>
    ChannelAsRole,

    /// <summary>A tool stands where the role belongs.</summary>
    ToolAsRole,

    /// <summary>&lt;|channel|&gt; without a channel.</summary>
    ChannelMissing,

    /// <summary>A channel without &lt;|channel|&gt;.</summary>
    ChannelWithoutMarker,

    /// <summary>A channel with something stuck to it.</summary>
    ChannelRepaired,

    /// <summary>A second channel.</summary>
    RepeatedChannel,

    /// <summary>A channel that gpt-oss does not know.</summary>
    UnknownChannel,

    /// <summary>to= without a recipient.</summary>
    RecipientMissing,

    /// <summary>A recipient without to=.</summary>
    RecipientWithoutTo,

    /// <summary>A control token as recipient.</summary>
    RecipientIsControlToken,

    /// <summary>The assistant writes to itself.</summary>
    RecipientIsNoTool,

    /// <summary>A second recipient.</summary>
    RepeatedRecipient,

    /// <summary>A content type that is not glued to &lt;|constrain|&gt;.</summary>
    ContentTypeRepaired,

    /// <summary>Words that have no place in a header.</summary>
    HeaderGarbage,

    /// <summary>White space or header words between messages.</summary>
    TextBetweenMessages,

    /// <summary>An end token where no message is open.</summary>
    StrayEnd,

    /// <summary>A control token that has no place here.</summary>
    StrayControlToken,

    /// <summary>A special token in content.</summary>
    ControlTokenInContent,

    /// <summary>&lt;|endoftext|&gt; inside a turn.</summary>
    EndOfText,

    /// <summary>An id that the vocabulary does not know.</summary>
    UnknownToken,

    /// <summary>Bytes that are not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>A call that names no tool.</summary>
    CallWithoutRecipient,

    /// <summary>A call that does not end in &lt;|call|&gt;.</summary>
    CallNotEndedByCall,

    /// <summary>Text from which the control tokens were stripped.</summary>
    ControlTokensStripped,

    /// <summary>Nothing that could be a message.</summary>
    EmptyTurn,

    /// <summary>A call of a tool that is not declared.</summary>
    UnknownTool,

    /// <summary>A recipient with something stuck to it.</summary>
    ToolNameRepaired,

    /// <summary>Arguments that are not JSON.</summary>
    InvalidArguments,

    /// <summary>Arguments that are nearly JSON.</summary>
    ArgumentsRepaired,
}
