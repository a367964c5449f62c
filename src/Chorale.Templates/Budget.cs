using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Chorale.Templates;

/// <summary>What one rendering may still do. Not shared by threads.</summary>
sealed class Budget(TemplateLimits limits)
{
    long _steps = limits.MaxSteps;

    public int MaxLength { get; } = limits.MaxLength;

    public int MaxDepth { get; } = limits.MaxDepth;

    /// <summary>Takes steps; the one place where a rendering that never ends is ended.</summary>
    /// <exception cref="TemplateRenderException">There are none left.</exception>
    public void Spend(long steps)
    {
        _steps -= steps;
        if (_steps < 0)
            ThrowSteps(limits.MaxSteps);
    }

    /// <summary>Takes the steps of moving so many characters or members.</summary>
    public void SpendOn(int length) => Spend(1 + (length >> 3));

    /// <summary>Takes the steps of looking for one text in another, at their worst.</summary>
    public void SpendOnSearch(int length, int soughtLength) => Spend(1 + ((long)(length >> 3) * (1 + (soughtLength >> 6))));

    [DoesNotReturn]
    public void ThrowLength() =>
        throw new TemplateRenderException(TemplateErrorKind.Limit, string.Create(CultureInfo.InvariantCulture, $"a text has more than {MaxLength} characters"));

    [DoesNotReturn]
    static void ThrowSteps(long steps) =>
        throw new TemplateRenderException(TemplateErrorKind.Limit, string.Create(CultureInfo.InvariantCulture, $"the template takes more than {steps} steps"));
}
