namespace Chorale.Templates;

sealed class BooleanValue : TemplateValue
{
    public static new readonly BooleanValue True = new(value: true);
    public static new readonly BooleanValue False = new(value: false);

    BooleanValue(bool value) => Value = value;

    public bool Value { get; }

    public override TemplateValueKind Kind => TemplateValueKind.Boolean;

    public override bool IsTrue => Value;

    internal override string TypeName => "bool";

    public static BooleanValue Of(bool value) => value ? True : False;
}
