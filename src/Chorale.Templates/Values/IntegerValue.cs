using System.Numerics;

namespace Chorale.Templates;

sealed class IntegerValue : TemplateValue
{
    static readonly IntegerValue[] Small = [.. Enumerable.Range(-16, 272).Select(value => new IntegerValue(value))];

    IntegerValue(BigInteger value) => Value = value;

    public BigInteger Value { get; }

    public override TemplateValueKind Kind => TemplateValueKind.Integer;

    public override bool IsTrue => !Value.IsZero;

    internal override string TypeName => "int";

    public static IntegerValue Of(long value) => value is >= -16 and < 256 ? Small[value + 16] : new IntegerValue(value);

    public static IntegerValue Of(BigInteger value) => value >= -16 && value < 256 ? Small[(int)value + 16] : new IntegerValue(value);
}
