namespace Chorale.Templates;

/// <summary><c>x.method(…)</c>.</summary>
sealed class MethodExpression(Expression owner, string name, Method method, Expression[] arguments) : Expression([owner, .. arguments])
{
    /// <summary>The methods by their names in a template, and how many arguments they take at least and at most.</summary>
    public static readonly IReadOnlyDictionary<string, (Method Method, int Least, int Most)> Known = new Dictionary<string, (Method Method, int Least, int Most)>(StringComparer.Ordinal)
    {
        ["items"] = (Method.Items, 0, 0),
        ["get"] = (Method.Get, 1, 2),
        ["split"] = (Method.Split, 0, 2),
        ["strip"] = (Method.Strip, 0, 1),
        ["lstrip"] = (Method.LeftStrip, 0, 1),
        ["rstrip"] = (Method.RightStrip, 0, 1),
        ["startswith"] = (Method.StartsWith, 1, 1),
        ["endswith"] = (Method.EndsWith, 1, 1),
    };

    public override TemplateValue Evaluate(Frame frame)
    {
        TemplateValue value = owner.Evaluate(frame);
        if (value is UndefinedValue undefined)
            throw undefined.Error();
        bool isDictionaryMethod = method is Method.Items or Method.Get;
        if (isDictionaryMethod ? value is not DictionaryValue : value is not StringValue)
        {
            TemplateValue attribute = PythonAttributes.Get(value, name);
            throw attribute is UndefinedValue missing ? missing.Error() : Error($"'{attribute.TypeName}' object is not callable");
        }
        TemplateValue? first = arguments.Length > 0 ? arguments[0].Evaluate(frame) : null;
        TemplateValue? second = arguments.Length > 1 ? arguments[1].Evaluate(frame) : null;
        return value is DictionaryValue dictionary ? Call(dictionary, first, second) : Call((StringValue)value, first, second, frame.Budget);
    }

    TemplateValue Call(DictionaryValue dictionary, TemplateValue? first, TemplateValue? second)
    {
        if (method == Method.Items)
            return new ItemsValue(dictionary);
        if (first is ListValue { IsTuple: false } or DictionaryValue)
            throw Error($"unhashable type: '{first.TypeName}'");
        return first is StringValue key && dictionary.TryGet(key.Value, out TemplateValue? value) ? value : second ?? TemplateValue.None;
    }

    TemplateValue Call(StringValue text, TemplateValue? first, TemplateValue? second, Budget budget)
    {
        budget.SpendOnSearch(text.Value.Length, 8 * (first?.Text?.Length ?? 0));
        switch (method)
        {
            case Method.Strip:
                return PythonStrings.Strip(text, Characters(first), left: true, right: true);
            case Method.LeftStrip:
                return PythonStrings.Strip(text, Characters(first), left: true, right: false);
            case Method.RightStrip:
                return PythonStrings.Strip(text, Characters(first), left: false, right: true);
            case Method.Split:
                return new ListValue([.. PythonStrings.Split(text, Separator(first), Most(second), budget)]);
            default:
                return BooleanValue.Of(HasEnd(text, first!));
        }
    }

    bool HasEnd(StringValue text, TemplateValue end) => end switch
    {
        StringValue one => method == Method.StartsWith ? text.Value.StartsWith(one.Value, StringComparison.Ordinal) : text.Value.EndsWith(one.Value, StringComparison.Ordinal),
        ListValue { IsTuple: true } several when Array.TrueForAll(several.Members, member => member is StringValue) => Array.Exists(several.Members, member => HasEnd(text, member)),
        _ => throw Error($"{name} first arg must be str or a tuple of str, not {end.TypeName}"),
    };

    string? Characters(TemplateValue? value) => value switch
    {
        null or NoneValue => null,
        StringValue text => text.Value,
        _ => throw Error($"{name} arg must be None or str"),
    };

    static string? Separator(TemplateValue? value) => value switch
    {
        null or NoneValue => null,
        StringValue { Value: "" } => throw new TemplateRenderException(TemplateErrorKind.Python, "ValueError: empty separator"),
        StringValue text => text.Value,
        _ => throw Error($"must be str or None, not {value.TypeName}"),
    };

    static long Most(TemplateValue? value) => value switch
    {
        null => -1,
        BooleanValue boolean => boolean.Value ? 1 : 0,
        IntegerValue { Value: var count } when count >= long.MinValue && count <= long.MaxValue => (long)count,
        _ => throw Error($"'{value.TypeName}' object cannot be interpreted as an integer"),
    };

    static TemplateRenderException Error(string reason) => new(TemplateErrorKind.Python, "TypeError: " + reason);
}
