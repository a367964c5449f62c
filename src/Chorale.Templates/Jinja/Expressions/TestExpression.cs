namespace Chorale.Templates;

/// <summary><c>x is defined</c> and the like.</summary>
sealed class TestExpression(Expression operand, Func<TemplateValue, bool> test) : Expression(operand)
{
    /// <summary>The tests that are known.</summary>
    public static readonly IReadOnlyDictionary<string, Func<TemplateValue, bool>> Known = new Dictionary<string, Func<TemplateValue, bool>>(StringComparer.Ordinal)
    {
        ["defined"] = value => value is not UndefinedValue,
        ["undefined"] = value => value is UndefinedValue,
        ["none"] = value => value is NoneValue,
        ["string"] = value => value is StringValue,
        ["mapping"] = value => value is DictionaryValue,
        ["iterable"] = value => value is StringValue or ListValue or DictionaryValue or ItemsValue or IteratorValue or LoopValue or UndefinedValue,
        ["sequence"] = value => value is StringValue or ListValue or DictionaryValue or UndefinedValue,
        ["true"] = value => value is BooleanValue { Value: true },
        ["false"] = value => value is BooleanValue { Value: false },
        ["boolean"] = value => value is BooleanValue,
        ["integer"] = value => value is IntegerValue,
        ["float"] = value => value is FloatValue,
        ["number"] = value => value is BooleanValue or IntegerValue or FloatValue,
    };

    public override TemplateValue Evaluate(Frame frame) => BooleanValue.Of(Test(frame));

    public override bool Test(Frame frame) => test(operand.Evaluate(frame));
}
