namespace Chorale.Templates;

/// <summary>A value that is not there: false, prints as nothing, and most other uses of it are errors.</summary>
sealed class UndefinedValue : TemplateValue
{
    readonly TemplateErrorKind _kind;
    readonly string _name;
    readonly string? _owner;

    /// <summary>One that tells its reason.</summary>
    /// <param name="reason">What is said where it is used.</param>
    /// <param name="kind">What its use is: an error of <see cref="TemplateErrorKind.Python"/> for what the sandbox hides.</param>
    public UndefinedValue(string reason, TemplateErrorKind kind = TemplateErrorKind.Undefined) => (_name, _kind) = (reason, kind);

    UndefinedValue(string owner, string name) => (_owner, _name, _kind) = (owner, name, TemplateErrorKind.Undefined);

    /// <summary>What is said where it is used. Missing attributes are common and seldom used, so theirs is put together only here.</summary>
    public string Reason => _owner is null ? _name : $"'{_owner} object' has no attribute '{_name}'";

    public override TemplateValueKind Kind => TemplateValueKind.Other;

    public override bool IsTrue => false;

    internal override string TypeName => "Undefined";

    public static UndefinedValue Variable(string name) => new($"'{name}' is undefined");

    public static UndefinedValue Attribute(TemplateValue owner, string name) => new(owner.TypeName, name);

    public static UndefinedValue Element(TemplateValue owner, string index) =>
        new(owner is NoneValue ? $"None has no element {index}" : $"{owner.TypeName} object has no element {index}");

    public TemplateRenderException Error() => new(_kind, Reason);
}
