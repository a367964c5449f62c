namespace Chorale.Templates;

/// <summary>
/// What native renderers share. Each gives the text of its template for any input, and an error where Python gives one: the plain cases are written straight
/// through, everything else goes by <see cref="PythonOperations"/>, as the interpreter's does.
/// </summary>
abstract class NativeRenderer : IRenderer
{
    public virtual bool HasGeneration => false;

    public abstract void Render(Rendering rendering);

    /// <summary><c>x.name</c>, for a name that is no attribute of a dictionary.</summary>
    protected static TemplateValue Get(TemplateValue owner, string name)
    {
        if (owner is DictionaryValue dictionary)
            return dictionary.TryGet(name, out TemplateValue? value) ? value : UndefinedValue.Attribute(owner, name);
        return PythonAttributes.Get(owner, name);
    }

    /// <summary><c>x[index]</c> of a list.</summary>
    protected static TemplateValue At(TemplateValue list, int index, Budget budget) =>
        list is ListValue { Members: var members } && index < members.Length ? members[index] : PythonOperations.GetItem(list, IntegerValue.Of(index), budget, out _);

    /// <summary><c>x['key']</c>.</summary>
    protected static TemplateValue At(TemplateValue owner, StringValue key, Budget budget) => PythonOperations.GetItem(owner, key, budget, out _);

    /// <summary><c>'key' in x</c>.</summary>
    protected static bool Has(TemplateValue owner, StringValue key, Budget budget) =>
        owner is DictionaryValue dictionary ? dictionary.Contains(key.Value) : PythonOperations.Contains(owner, key, budget);

    protected static bool IsText(TemplateValue value, string text) => value is StringValue found && found.Value == text;

    /// <summary>Appends a value that is added to a text: anything but a text is an error.</summary>
    protected static void AppendText(Output output, TemplateValue value)
    {
        if (value is not StringValue text)
            throw NotText(value);
        output.Append(text);
    }

    /// <summary>What adding this value to a text gives.</summary>
    protected static TemplateRenderException NotText(TemplateValue value) =>
        value is UndefinedValue undefined ? undefined.Error() : PythonOperations.Error($"can only concatenate str (not \"{value.TypeName}\") to str");

    /// <summary><c>x|trim</c>.</summary>
    protected static StringValue Trim(TemplateValue value, Rendering rendering) =>
        PythonStrings.Strip(PythonOperations.ToText(value, rendering), characters: null, left: true, right: true);

    protected static TemplateRenderException Raised(string reason) => new(TemplateErrorKind.Raised, reason);

    /// <summary>What calling a method of <c>str</c> gives where the value is none.</summary>
    protected static TemplateRenderException NoMethod(TemplateValue value, string name) =>
        PythonAttributes.Get(value, name) is UndefinedValue missing ? missing.Error() : PythonOperations.Error("the value is not callable");

    /// <summary>Where the first of the messages stands among all of them.</summary>
    protected static int FirstIndex(TemplateValue messages, Rendering rendering) =>
        PythonOperations.IsMessages(messages, rendering, out int start, out _) ? start : 0;
}
