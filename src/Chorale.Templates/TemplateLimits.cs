namespace Chorale.Templates;

/// <summary>How much a template may do, so that a hostile one ends in an error soon.</summary>
public sealed record TemplateLimits
{
    /// <summary>The limits of every template that is given none.</summary>
    public static TemplateLimits Default { get; } = new();

    /// <summary>How many steps one rendering may take; a step is a part of an expression, or eight characters moved.</summary>
    public long MaxSteps { get; init => field = Positive(value, nameof(MaxSteps)); } = 12_000_000;

    /// <summary>How many characters (UTF-16 units) a text may have, the result or one on the way to it.</summary>
    public int MaxLength { get; init => field = (int)Positive(value, nameof(MaxLength)); } = 16 * 1024 * 1024;

    /// <summary>How deep macros may call one another.</summary>
    public int MaxDepth { get; init => field = (int)Positive(value, nameof(MaxDepth)); } = 200;

    /// <summary>How long a template itself may be, in characters.</summary>
    public int MaxSource { get; init => field = (int)Positive(value, nameof(MaxSource)); } = 4 * 1024 * 1024;

    static long Positive(long value, string name) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive.");
}
