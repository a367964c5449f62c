using System.Collections.Frozen;

namespace Chorale.Templates;

/// <summary>Attributes of Python's values: those that Jinja finds in front of a dictionary's entries, and sees behind them.</summary>
static class PythonAttributes
{
    static readonly FrozenSet<string> Dictionary = FrozenSet.Create(StringComparer.Ordinal, "copy", "fromkeys", "get", "items", "keys", "values");

    static readonly FrozenSet<string> Text = FrozenSet.Create(
        StringComparer.Ordinal, "capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find", "format", "format_map", "index", "isalnum", "isalpha", "isascii", "isdecimal",
        "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper", "join", "ljust", "lower", "lstrip", "maketrans", "partition", "removeprefix", "removesuffix",
        "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title", "translate", "upper", "zfill");

    static readonly FrozenSet<string> Sequence = FrozenSet.Create(StringComparer.Ordinal, "count", "index");

    static readonly FrozenSet<string> Integer = FrozenSet.Create(StringComparer.Ordinal, "as_integer_ratio", "bit_count", "bit_length", "conjugate", "from_bytes", "to_bytes");

    static readonly FrozenSet<string> Float = FrozenSet.Create(StringComparer.Ordinal, "as_integer_ratio", "conjugate", "fromhex", "hex", "is_integer");

    // The sandbox hides what changes a value.
    static readonly FrozenSet<string> Changing = FrozenSet.Create(StringComparer.Ordinal, "clear", "pop", "popitem", "setdefault", "update");

    // Every object has these, and the sandbox hides them.
    static readonly FrozenSet<string> Internal = FrozenSet.Create(
        StringComparer.Ordinal, "__class__", "__delattr__", "__dir__", "__doc__", "__eq__", "__format__", "__ge__", "__getattribute__", "__getstate__", "__gt__", "__hash__", "__init__",
        "__init_subclass__", "__le__", "__lt__", "__ne__", "__new__", "__reduce__", "__reduce_ex__", "__repr__", "__setattr__", "__sizeof__", "__str__", "__subclasshook__");

    /// <summary>Whether an attribute of that name stands in front of a dictionary's entry.</summary>
    public static bool IsOfDictionary(string name) => Dictionary.Contains(name) || Changing.Contains(name) || Internal.Contains(name);

    /// <summary><c>x.name</c>: an attribute, or else an entry.</summary>
    public static TemplateValue Get(TemplateValue owner, string name) =>
        Find(owner, name) ?? (owner is DictionaryValue dictionary && dictionary.TryGet(name, out TemplateValue? value) ? value : UndefinedValue.Attribute(owner, name));

    /// <summary>An attribute alone; null where there is none.</summary>
    public static TemplateValue? Find(TemplateValue owner, string name)
    {
        if (Internal.Contains(name))
            return new UndefinedValue($"access to attribute '{name}' of '{owner.TypeName}' object is unsafe.", TemplateErrorKind.Python);
        if (owner is UndefinedValue undefined)
            throw undefined.Error();
        return owner switch
        {
            DictionaryValue when Dictionary.Contains(name) => Bound(owner, name),
            DictionaryValue when Changing.Contains(name) => UndefinedValue.Attribute(owner, name),
            StringValue when Text.Contains(name) => Bound(owner, name),
            ListValue { IsTuple: false } when name == "copy" => Bound(owner, name),
            ListValue when Sequence.Contains(name) => Bound(owner, name),
            BooleanValue boolean when name is "real" or "numerator" => IntegerValue.Of(boolean.Value ? 1 : 0),
            IntegerValue when name is "real" or "numerator" => owner,
            BooleanValue or IntegerValue when name is "imag" => IntegerValue.Of(0),
            BooleanValue or IntegerValue when name is "denominator" => IntegerValue.Of(1),
            BooleanValue or IntegerValue when Integer.Contains(name) => Bound(owner, name),
            FloatValue when name is "real" => owner,
            FloatValue when name is "imag" => new FloatValue(0),
            FloatValue when Float.Contains(name) => Bound(owner, name),
            NamespaceValue made => made.Fields.GetValueOrDefault(name),
            LoopValue loop => loop.Get(name),
            _ => null,
        };
    }

    static OpaqueValue Bound(TemplateValue owner, string name) => new("builtin_function_or_method", $"method '{name}' of a {owner.TypeName}");
}
