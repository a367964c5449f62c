namespace Chorale.Templates;

/// <summary>A function that is there without being given. Those of Jinja's that a chat template has no use for are defined, but cannot be called.</summary>
sealed class EnvironmentFunction : OpaqueValue
{
    static readonly EnvironmentFunction[] All =
    [
        new("namespace", isCallable: true),
        new("raise_exception", isCallable: true),
        new("strftime_now", isCallable: true),
        new("range", isCallable: false),
        new("dict", isCallable: false),
        new("lipsum", isCallable: false),
        new("cycler", isCallable: false),
        new("joiner", isCallable: false),
    ];

    EnvironmentFunction(string name, bool isCallable)
        : base("function", $"function '{name}'") => (Name, IsCallable) = (name, isCallable);

    public string Name { get; }

    public bool IsCallable { get; }

    public static EnvironmentFunction? Find(string name) => Array.Find(All, function => function.Name == name);

    public TemplateValue Call(TemplateValue[] values, KeyValuePair<string, TemplateValue>[] named, Rendering rendering)
    {
        switch (Name)
        {
            case "namespace":
                NamespaceValue made = new();
                foreach ((string field, TemplateValue value) in named)
                    made.Fields[field] = value;
                return values.Length == 0 ? made : throw Error("takes fields by name only");
            case "raise_exception" when values.Length + named.Length == 1:
                throw new TemplateRenderException(TemplateErrorKind.Raised, PythonOperations.ToText(values.Length == 1 ? values[0] : named[0].Value, rendering).Value);
            case "strftime_now" when values.Length + named.Length == 1:
                return (values.Length == 1 ? values[0] : named[0].Value) is StringValue format
                    ? new StringValue(PythonDate.Format(rendering.Date, format.Value, rendering.Budget), PieceKind.Template)
                    : throw Error("takes a text");
            default:
                throw Error("takes exactly one argument");
        }
    }

    TemplateRenderException Error(string reason) => new(TemplateErrorKind.Python, $"TypeError: {Name}() {reason}");
}
