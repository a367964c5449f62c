using System.Runtime.CompilerServices;

namespace Chorale.Templates;

/// <summary>Tools as the TypeScript that gpt-oss's chat template writes, with all its peculiarities.</summary>
static class GptOssTools
{
    static readonly ListValue NoNames = new([]);
    static readonly StringValue ItemsKey = new("items", PieceKind.Template), TypeKey = new("type", PieceKind.Template);
    static readonly StringValue Bar = new(" | ", PieceKind.Template), QuotedBar = new("\" | \"", PieceKind.Template);

    /// <summary>Appends the namespace <c>functions</c>.</summary>
    public static void Write(Rendering rendering, Output output)
    {
        output.Template("## functions\n\nnamespace functions {\n\n");
        foreach (TemplateValue tool in PythonOperations.Iterate(rendering.Tools, rendering.Budget))
            WriteTool(rendering, output, Get(tool, "function"));
        output.Template("} // namespace functions");
    }

    static void WriteTool(Rendering rendering, Output output, TemplateValue tool)
    {
        output.Template("// ");
        AppendText(output, Get(tool, "description"));
        output.Template("\ntype ");
        AppendText(output, Get(tool, "name"));
        output.Template(" = ");
        TemplateValue parameters = Get(tool, "parameters");
        TemplateValue? properties = parameters.IsTrue ? Get(parameters, "properties") : null;
        if (properties is not { IsTrue: true })
        {
            output.Template("() => any;\n\n");
            return;
        }
        output.Template("(_: {\n");
        TemplateValue required = Required(parameters);
        DictionaryValue entries = Entries(properties);
        for (int i = 0; i < entries.Count; i++)
            WriteParameter(rendering, output, entries.Keys[i], entries.Values[i], required);
        output.Template("}) => any;\n\n");
    }

    static void WriteParameter(Rendering rendering, Output output, string name, TemplateValue spec, TemplateValue required)
    {
        TemplateValue description = Get(spec, "description");
        if (description.IsTrue)
        {
            output.Template("// ");
            AppendText(output, description);
            output.Template("\n");
        }
        WriteName(rendering, output, name, required);
        output.Template(": ");
        WriteType(rendering, output, spec, depth: 2);
        TemplateValue value = Get(spec, "default");
        if (value is not UndefinedValue)
        {
            bool hasEnum = Get(spec, "enum").IsTrue, hasOneOf = Get(spec, "oneOf").IsTrue;
            output.Template(!hasEnum && hasOneOf ? "// default: " : ", // default: ");
            if (hasEnum || hasOneOf)
                AppendText(output, value);
            else
                PythonJson.Write(output, value, indent: null);
        }
        output.Template(",\n");
    }

    static void WriteName(Rendering rendering, Output output, string name, TemplateValue required)
    {
        output.Caller(name);
        if (!PythonOperations.Contains(required, new StringValue(name, PieceKind.Caller), rendering.Budget))
            output.Template("?");
    }

    /// <summary>Appends the type of a schema.</summary>
    /// <param name="rendering">The rendering.</param>
    /// <param name="output">Takes it.</param>
    /// <param name="spec">The schema, whatever it is.</param>
    /// <param name="depth">How deep the template's macros have called one another by now.</param>
    static void WriteType(Rendering rendering, Output output, TemplateValue spec, int depth)
    {
        if (depth > rendering.Budget.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateRenderException(TemplateErrorKind.Limit, "schemas nest too deep");
        rendering.Budget.Spend(1);
        TemplateValue type = Get(spec, "type");
        TemplateValue variants;
        if (type is ListValue { Members.Length: > 0 })
        {
            PythonOperations.Join(output, type, Bar, rendering);
            return;
        }
        string? name = type.Text;
        if (name == "array")
            WriteArray(rendering, output, spec, depth);
        else if ((variants = Get(spec, "oneOf")).IsTrue)
            WriteVariants(rendering, output, variants, depth);
        else if (name == "string")
            WriteString(rendering, output, spec);
        else if (name == "object")
            WriteObject(rendering, output, spec, depth);
        else
            output.Template(name switch { "number" or "integer" => "number", "boolean" => "boolean", _ => "any" });
    }

    static void WriteArray(Rendering rendering, Output output, TemplateValue spec, int depth)
    {
        // Without the key this is Python's method dict.items, which is true and has no type: "any".
        TemplateValue items = PythonOperations.GetItem(spec, ItemsKey, rendering.Budget, out _);
        if (!items.IsTrue)
        {
            output.Template("any[]");
        }
        else
        {
            string? type = PythonOperations.GetItem(items, TypeKey, rendering.Budget, out _).Text;
            if (type is "string" or "boolean")
                output.Template(type == "string" ? "string[]" : "boolean[]");
            else if (type is "number" or "integer")
                output.Template("number[]");
            else
                WriteMemberType(rendering, output, items, depth);
        }
        if (Get(spec, "nullable").IsTrue)
            output.Template(" | null");
    }

    /// <summary>A type longer than 50 characters, or one of two objects, is shown as <c>any</c>.</summary>
    static void WriteMemberType(Rendering rendering, Output output, TemplateValue items, int depth)
    {
        int start = output.Length;
        WriteType(rendering, output, items, depth + 1);
        ReadOnlySpan<char> inner = output.Text[start..];
        if (inner.SequenceEqual("object | object") || (inner.Length > 50 && PythonOperations.CountCharacters(inner) > 50))
        {
            output.Truncate(start);
            output.Template("any");
        }
        output.Template("[]");
    }

    static void WriteVariants(Rendering rendering, Output output, TemplateValue variants, int depth)
    {
        TemplateValue[] members = PythonOperations.Iterate(variants, rendering.Budget);
        for (int i = 0; i < members.Length; i++)
        {
            WriteType(rendering, output, members[i], depth + 1);
            TemplateValue description = Get(members[i], "description"), value = Get(members[i], "default");
            if (description.IsTrue)
            {
                output.Template("// ");
                AppendText(output, description);
            }
            if (value is not UndefinedValue)
            {
                output.Template("                    // default: ");
                PythonJson.Write(output, value, indent: null);
            }
            if (i < members.Length - 1)
                output.Template(" | \n");
        }
    }

    static void WriteString(Rendering rendering, Output output, TemplateValue spec)
    {
        TemplateValue values = Get(spec, "enum");
        if (values.IsTrue)
        {
            output.Template("\"");
            PythonOperations.Join(output, values, QuotedBar, rendering);
            output.Template("\"");
            return;
        }
        output.Template("string");
        if (Get(spec, "nullable").IsTrue)
            output.Template(" | null");
    }

    static void WriteObject(Rendering rendering, Output output, TemplateValue spec, int depth)
    {
        TemplateValue properties = Get(spec, "properties");
        if (!properties.IsTrue)
        {
            output.Template("object");
            return;
        }
        output.Template("{\n");
        DictionaryValue entries = Entries(properties);
        for (int i = 0; i < entries.Count; i++)
        {
            WriteName(rendering, output, entries.Keys[i], Required(spec));
            output.Template(": \n                ");
            WriteType(rendering, output, entries.Values[i], depth + 1);
            if (i < entries.Count - 1)
                output.Template(", ");
        }
        output.Template("}");
    }

    static TemplateValue Required(TemplateValue owner)
    {
        TemplateValue required = Get(owner, "required");
        return required.IsTrue ? required : NoNames;
    }

    /// <summary>What <c>x.items()</c> goes through.</summary>
    static DictionaryValue Entries(TemplateValue value) =>
        value as DictionaryValue ?? throw (PythonAttributes.Get(value, "items") is UndefinedValue missing ? missing.Error() : PythonOperations.Error("the value is not callable"));

    static TemplateValue Get(TemplateValue owner, string name) =>
        owner is DictionaryValue dictionary && dictionary.TryGet(name, out TemplateValue? value) ? value : PythonAttributes.Get(owner, name);

    static void AppendText(Output output, TemplateValue value)
    {
        if (value is not StringValue text)
            throw value is UndefinedValue undefined ? undefined.Error() : PythonOperations.Error($"can only concatenate str (not \"{value.TypeName}\") to str");
        output.Append(text);
    }
}
