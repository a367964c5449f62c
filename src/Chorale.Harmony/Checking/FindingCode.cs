namespace Chorale.Harmony;

/// <summary>What a check can find. On the wire the names are in snake case: <see cref="FindingCodes.NameOf"/>.</summary>
public enum FindingCode
{
    /// <summary>The JSON is not a conversation.</summary>
    InvalidJson,

    /// <summary>There is no message.</summary>
    EmptyConversation,

    /// <summary>System content outside a system message, or developer content outside a developer message.</summary>
    MisplacedContent,

    /// <summary>A tool's message does not say which tool.</summary>
    ToolWithoutName,

    /// <summary>The ids or the text are not well-formed Harmony; <see cref="Finding.Diagnostic"/> says which rule of the parser met it.</summary>
    MalformedHarmony,

    /// <summary>Raw text: a line break in a header, where only words may stand.</summary>
    NewlineInHeader,

    /// <summary>Raw text: a header without <c>&lt;|message|&gt;</c>.</summary>
    MissingMessageToken,

    /// <summary>Raw text: the channel written as <c>channel: final</c>.</summary>
    ChannelAsText,

    /// <summary>Raw text: a marker where a control token should stand, like <c>&lt;start&gt;</c>.</summary>
    MistypedControlToken,

    /// <summary>Raw text or ids: a message closed by another end than its kind has.</summary>
    WrongEnd,

    /// <summary>A field that Harmony's messages don't have; its value reaches no model.</summary>
    UnknownField,

    /// <summary>No system message.</summary>
    MissingSystem,

    /// <summary>The system message is not the first.</summary>
    SystemNotFirst,

    /// <summary>More than one system message.</summary>
    SeveralSystem,

    /// <summary>Instructions in the system message, which gpt-oss expects in the developer message.</summary>
    InstructionsInSystem,

    /// <summary>The developer message does not follow the system message.</summary>
    DeveloperNotSecond,

    /// <summary>No user message.</summary>
    MissingUser,

    /// <summary>Two user messages, one after the other.</summary>
    ConsecutiveUser,

    /// <summary>Two messages of another role on one channel, one after the other.</summary>
    ConsecutiveSameRole,

    /// <summary>The system message has no date.</summary>
    MissingDate,

    /// <summary>The date is not written yyyy-MM-dd.</summary>
    NotIsoDate,

    /// <summary>The system message has no line of valid channels.</summary>
    MissingChannelList,

    /// <summary>Function tools are declared, but the system message does not send calls to the commentary channel.</summary>
    FunctionsWithoutChannelList,

    /// <summary>A tool is declared twice.</summary>
    DuplicateTool,

    /// <summary>A caller's function has the name of a tool that the model was trained with.</summary>
    BuiltinToolName,

    /// <summary>Function tools under a key other than <c>functions</c>, which is the one that counts.</summary>
    FunctionsUnderOtherKey,

    /// <summary>An assistant message without channel.</summary>
    MissingChannel,

    /// <summary>A channel that is not among the valid ones.</summary>
    UnknownChannel,

    /// <summary>A channel on a system, developer or user message.</summary>
    UnexpectedChannel,

    /// <summary>The conversation ends in reasoning.</summary>
    AnalysisLast,

    /// <summary>Reasoning that every rule for old reasoning drops.</summary>
    UnkeptReasoning,

    /// <summary>A call that nobody answered, although the conversation goes on.</summary>
    CallWithoutResult,

    /// <summary>The conversation ends in a call that waits for its result.</summary>
    PendingCall,

    /// <summary>A tool's result that answers no call.</summary>
    ResultWithoutCall,

    /// <summary>A call of a tool that is not declared.</summary>
    UnknownTool,

    /// <summary>An assistant message whose recipient is no tool: empty, <c>assistant</c>, <c>all</c> or <c>user</c>.</summary>
    CallToNobody,

    /// <summary>White space or the spelling of a control token in a recipient, a channel or a tool's name.</summary>
    PollutedHeader,

    /// <summary>A tool's message that is not addressed to the assistant.</summary>
    ResultNotToAssistant,

    /// <summary>The arguments of a call are not JSON.</summary>
    ArgumentsNotJson,

    /// <summary>A content type on a message without recipient, where parsers take it for the recipient.</summary>
    ContentTypeWithoutRecipient,

    /// <summary>A name on a role other than tool.</summary>
    NameOnRole,

    /// <summary>Text of a user or a tool that looks like control tokens. It stays text.</summary>
    ForgedControlText,

    /// <summary>A control token spelled out in the content.</summary>
    LeftoverControlText,

    /// <summary>Text that nearly spells a control token, or spells one of another format.</summary>
    NearControlText,

    /// <summary>Text from which control tokens were stripped, like <c>assistantfinal</c>.</summary>
    StrippedControlText,

    /// <summary>A message without content.</summary>
    EmptyContent,

    /// <summary>A byte order mark in the content.</summary>
    ByteOrderMark,

    /// <summary>A control character other than tab and line breaks in the content.</summary>
    ControlCharacter,

    /// <summary>Half a surrogate pair in the content.</summary>
    LoneSurrogate,
}
