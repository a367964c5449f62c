namespace Chorale.Harmony;

/// <summary>One thing that a check found. Its texts quote what was found with control characters escaped, so they are safe to print.</summary>
public sealed record Finding
{
    /// <summary>Which kind.</summary>
    public required FindingCode Code { get; init; }

    /// <summary>How much it matters.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>The message's place in the conversation, from 0; null where it is about the whole.</summary>
    public int? MessageIndex { get; init; }

    /// <summary>The place of the id where it shows, from 0; null where no ids were read.</summary>
    public int? TokenIndex { get; init; }

    /// <summary>Where in the conversation's JSON, <c>messages[2].recipient</c>; <c>messages</c> for the whole.</summary>
    public required string Path { get; init; }

    /// <summary>What was found, a sentence.</summary>
    public required string Found { get; init; }

    /// <summary>What was expected, or what to do about it, a sentence.</summary>
    public required string Advice { get; init; }

    /// <summary>The parser's own code, where this is <see cref="FindingCode.MalformedHarmony"/>; otherwise null.</summary>
    public string? Diagnostic { get; init; }

    /// <summary>Whether <see cref="ConversationFixer"/> mends it.</summary>
    public bool CanFix { get; init; }

    /// <summary><c>warning missing_date messages[0]: found; advice</c>, one line.</summary>
    public override string ToString() =>
        $"{Severity switch { FindingSeverity.Info => "info", FindingSeverity.Warning => "warning", _ => "error" }} {FindingCodes.NameOf(Code)} {Path}: {Found} {Advice}";
}
