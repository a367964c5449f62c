namespace Chorale.Training;

/// <summary>What the normaliser does to a history.</summary>
public enum HistoryRepairKind
{
    /// <summary>A field that is null counts as absent.</summary>
    NullRemoved,

    /// <summary><c>tool_calls</c> without a call is removed.</summary>
    EmptyCallsRemoved,

    /// <summary>Reasoning without a word is removed.</summary>
    EmptyThinkingRemoved,

    /// <summary>Arguments that were JSON inside a string are JSON again.</summary>
    ArgumentsParsed,

    /// <summary>Arguments that were missing are an empty object.</summary>
    ArgumentsAdded,

    /// <summary>Arguments that are no JSON are left as they are.</summary>
    ArgumentsNotJson,

    /// <summary>A list of content parts became one text.</summary>
    PartsJoined,

    /// <summary>A part of a tool's result that is no text was left out.</summary>
    PartLeftOut,

    /// <summary>A tool's result that was data became its JSON.</summary>
    ResultWritten,

    /// <summary>A tool's result was given the name of the call that it answers.</summary>
    ResultNamed,

    /// <summary>Reasoning under another name, <c>reasoning_content</c> or <c>reasoning</c>.</summary>
    ThinkingRenamed,

    /// <summary>Reasoning in <c>&lt;think&gt;</c> at the head of the content was cut off it.</summary>
    ThinkingSplit,

    /// <summary>Reasoning that stood twice is there once.</summary>
    ThinkingTwice,

    /// <summary>A call under the old name <c>function_call</c>.</summary>
    CallRenamed,

    /// <summary>A role under another name, <c>function</c> or <c>ipython</c>.</summary>
    RoleRenamed,

    /// <summary>Several system or developer messages at the beginning became one.</summary>
    InstructionsJoined,

    /// <summary>Calls made at once stand each in front of its own result.</summary>
    CallsParted,

    /// <summary>Something of a Harmony conversation has no place in dictionaries.</summary>
    NotCarried,
}
