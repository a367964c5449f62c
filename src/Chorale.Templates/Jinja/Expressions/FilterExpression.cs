using System.Globalization;

namespace Chorale.Templates;

/// <summary><c>x|filter(…)</c>.</summary>
/// <param name="filter">The filter.</param>
/// <param name="operand">What it is applied to.</param>
/// <param name="first">Its first argument; null for none.</param>
/// <param name="second">Its second argument; null for none.</param>
sealed class FilterExpression(Filter filter, Expression operand, Expression? first, Expression? second)
    : Expression([.. new[] { operand, first, second }.OfType<Expression>()])
{
    /// <summary>The filters by their names in a template.</summary>
    public static readonly IReadOnlyDictionary<string, Filter> Known = new Dictionary<string, Filter>(StringComparer.Ordinal)
    {
        ["tojson"] = Filter.ToJson,
        ["join"] = Filter.Join,
        ["length"] = Filter.Length,
        ["count"] = Filter.Length,
        ["trim"] = Filter.Trim,
        ["items"] = Filter.Items,
        ["select"] = Filter.Select,
        ["reject"] = Filter.Reject,
        ["default"] = Filter.Default,
        ["d"] = Filter.Default,
        ["string"] = Filter.Text,
        ["list"] = Filter.List,
        ["first"] = Filter.First,
        ["last"] = Filter.Last,
    };

    public override TemplateValue Evaluate(Frame frame)
    {
        TemplateValue value = operand.Evaluate(frame);
        TemplateValue? argument = first?.Evaluate(frame);
        TemplateValue? other = second?.Evaluate(frame);
        switch (filter)
        {
            case Filter.Length:
                return IntegerValue.Of(PythonOperations.Length(value, frame.Budget));
            case Filter.Trim:
                return Trim(frame, value, argument);
            case Filter.Items:
                return Items(value);
            case Filter.Select or Filter.Reject:
                return Select(frame, value, other);
            case Filter.Default:
                return value is UndefinedValue || (other is { IsTrue: true } && !value.IsTrue) ? argument ?? StringValue.Empty : value;
            case Filter.Text when value is StringValue:
                return value;
            case Filter.List:
                return new ListValue(PythonOperations.Iterate(value, frame.Budget));
            case Filter.First or Filter.Last:
                return End(value, frame.Budget);
            default:
                using (Output output = frame.Rendering.NewOutput())
                {
                    Write(frame, output, value, argument);
                    return output.ToValue();
                }
        }
    }

    public override void Print(Frame frame, Output output)
    {
        if (filter is Filter.ToJson or Filter.Join or Filter.Text)
            Write(frame, output, operand.Evaluate(frame), first?.Evaluate(frame));
        else
            PythonText.Write(output, Evaluate(frame));
    }

    void Write(Frame frame, Output output, TemplateValue value, TemplateValue? argument)
    {
        if (filter == Filter.ToJson)
            PythonJson.Write(output, value, Indent(argument));
        else if (filter == Filter.Join)
            PythonOperations.Join(output, value, argument, frame.Rendering);
        else
            PythonText.Write(output, value);
    }

    static int? Indent(TemplateValue? argument) => argument switch
    {
        null or NoneValue => null,
        BooleanValue boolean => boolean.Value ? 1 : 0,
        IntegerValue { Value: var width } when width >= -1 && width <= 1000 => (int)width,
        _ => throw new TemplateRenderException(TemplateErrorKind.Python, "the indent of tojson must be a whole number up to 1000"),
    };

    static StringValue Trim(Frame frame, TemplateValue value, TemplateValue? argument)
    {
        string? characters = argument switch
        {
            null or NoneValue => null,
            StringValue text => text.Value,
            _ => throw new TemplateRenderException(TemplateErrorKind.Python, "TypeError: strip arg must be None or str"),
        };
        StringValue whole = PythonOperations.ToText(value, frame.Rendering);
        frame.Budget.SpendOnSearch(whole.Value.Length, 8 * (characters?.Length ?? 0));
        return PythonStrings.Strip(whole, characters, left: true, right: true);
    }

    static IteratorValue Items(TemplateValue value) => value switch
    {
        UndefinedValue => new IteratorValue([]),
        DictionaryValue dictionary => new IteratorValue(new ItemsValue(dictionary).ToPairs()),
        _ => throw new TemplateRenderException(TemplateErrorKind.Python, "TypeError: Can only get item pairs from a mapping."),
    };

    IteratorValue Select(Frame frame, TemplateValue value, TemplateValue? other)
    {
        if (!value.IsTrue)
            return new IteratorValue([]);   // Jinja does not even look whether it can be iterated
        bool wanted = filter == Filter.Select;
        return new IteratorValue(Array.FindAll(PythonOperations.Iterate(value, frame.Budget), member => PythonOperations.AreEqual(member, other!, frame.Budget) == wanted));
    }

    TemplateValue End(TemplateValue value, Budget budget)
    {
        if (filter == Filter.Last && value is not (StringValue or ListValue or DictionaryValue or ItemsValue or UndefinedValue))
            throw new TemplateRenderException(TemplateErrorKind.Python, string.Create(CultureInfo.InvariantCulture, $"TypeError: '{value.TypeName}' object is not reversible"));
        TemplateValue[] members = PythonOperations.Iterate(value, budget);
        return members.Length == 0 ? new UndefinedValue($"no {(filter == Filter.First ? "first" : "last")} item, sequence was empty") : members[filter == Filter.First ? 0 : ^1];
    }
}
