using System.Globalization;

namespace Chorale.Training;

/// <summary>One repair.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="MessageIndex">To which message, from 0.</param>
/// <param name="Detail">A name or field that tells more; null where the kind tells all.</param>
public readonly record struct HistoryRepair(HistoryRepairKind Kind, int MessageIndex, string? Detail)
{
    /// <summary>What a kind does, in words.</summary>
    public static string Describe(HistoryRepairKind kind) => kind switch
    {
        HistoryRepairKind.NullRemoved => "a null field counts as absent",
        HistoryRepairKind.EmptyCallsRemoved => "'tool_calls' without a call was removed",
        HistoryRepairKind.EmptyThinkingRemoved => "reasoning without a word was removed",
        HistoryRepairKind.ArgumentsParsed => "arguments in a string were parsed",
        HistoryRepairKind.ArgumentsAdded => "missing arguments became {}",
        HistoryRepairKind.ArgumentsNotJson => "arguments that are no JSON were left as they are",
        HistoryRepairKind.PartsJoined => "content parts were joined",
        HistoryRepairKind.PartLeftOut => "a part of a result that is no text was left out",
        HistoryRepairKind.ResultWritten => "a result that was data became JSON text",
        HistoryRepairKind.ResultNamed => "a result was given its call's name",
        HistoryRepairKind.ThinkingRenamed => "reasoning under another name was taken as thinking",
        HistoryRepairKind.ThinkingSplit => "reasoning in <think> was cut off the content",
        HistoryRepairKind.ThinkingTwice => "reasoning that stood twice is there once",
        HistoryRepairKind.CallRenamed => "'function_call' became a tool call",
        HistoryRepairKind.RoleRenamed => "a role was renamed",
        HistoryRepairKind.InstructionsJoined => "several system messages at the beginning became one",
        HistoryRepairKind.CallsParted => "calls made at once were put each in front of its result",
        HistoryRepairKind.NotCarried => "something has no place in dictionaries",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a repair."),
    };

    /// <summary>The message's place, what was done, and the detail.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"messages[{MessageIndex}]: {Describe(Kind)}{(Detail is null ? "" : $" ({Detail})")}");
}
