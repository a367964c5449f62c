namespace Chorale.Templates;

/// <summary>A value that is not there: false, prints as nothing, and most other uses of it are errors.</summary>
/// <param name="reason">What is said where it is used.</param>
/// <param name="kind">What its use is: an error of <see cref="TemplateErrorKind.Python"/> for what the sandbox hides.</param>
sealed class UndefinedValue(string reason, TemplateErrorKind kind = TemplateErrorKind.Undefined) : TemplateValue
{
    public string Reason { get; } = reason;

    public override TemplateValueKind Kind => TemplateValueKind.Other;

    public override bool IsTrue => false;

    internal override string TypeName => "Undefined";

    public static UndefinedValue Variable(string name) => new($"'{name}' is undefined");

    public static UndefinedValue Attribute(TemplateValue owner, string name) => new($"'{owner.TypeName} object' has no attribute '{name}'");

    public static UndefinedValue Element(TemplateValue owner, string index) =>
        new(owner is NoneValue ? $"None has no element {index}" : $"{owner.TypeName} object has no element {index}");

    public TemplateRenderException Error() => new(kind, Reason);
}
