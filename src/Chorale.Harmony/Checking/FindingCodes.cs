using System.Collections.Frozen;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>The wire names of findings, and how much each matters.</summary>
public static class FindingCodes
{
    static readonly FrozenDictionary<FindingCode, string> Names =
        Enum.GetValues<FindingCode>().ToFrozenDictionary(code => code, code => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString()));

    /// <summary>The code in snake case: <c>tool_without_name</c>.</summary>
    public static string NameOf(FindingCode code) =>
        Names.TryGetValue(code, out string? name) ? name : throw new ArgumentOutOfRangeException(nameof(code), code, "Not a code.");

    /// <summary>How much it matters.</summary>
    public static FindingSeverity SeverityOf(FindingCode code) => code switch
    {
        FindingCode.InvalidJson or FindingCode.EmptyConversation or FindingCode.MisplacedContent or FindingCode.ToolWithoutName
            or FindingCode.MalformedHarmony or FindingCode.NewlineInHeader or FindingCode.MissingMessageToken or FindingCode.ChannelAsText
            or FindingCode.MistypedControlToken => FindingSeverity.Error,
        FindingCode.UnkeptReasoning or FindingCode.PendingCall or FindingCode.NameOnRole => FindingSeverity.Info,
        _ => FindingSeverity.Warning,
    };
}
