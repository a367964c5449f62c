using System.Numerics;
using System.Text.Json;

namespace Chorale.Templates;

/// <summary>A value as Python has it, which is what templates compute with. Immutable; threads may share it.</summary>
public abstract class TemplateValue
{
    private protected TemplateValue()
    {
    }

    /// <summary><c>None</c>, which is JSON's <c>null</c>.</summary>
    public static TemplateValue None => NoneValue.Instance;

    /// <summary><c>True</c>.</summary>
    public static TemplateValue True => BooleanValue.True;

    /// <summary><c>False</c>.</summary>
    public static TemplateValue False => BooleanValue.False;

    /// <summary>What it is.</summary>
    public abstract TemplateValueKind Kind { get; }

    /// <summary>The text of a <see cref="TemplateValueKind.Text"/>; null for any other.</summary>
    public string? Text => (this as StringValue)?.Value;

    /// <summary>The members of a <see cref="TemplateValueKind.List"/>; empty for any other.</summary>
    public IReadOnlyList<TemplateValue> Items => this is ListValue list ? list.Members : [];

    /// <summary>The entries of a <see cref="TemplateValueKind.Dictionary"/>, in order; empty for any other.</summary>
    public IReadOnlyList<KeyValuePair<string, TemplateValue>> Entries => this is DictionaryValue dictionary ? dictionary.ToList() : [];

    /// <summary>The entry of a dictionary; null where there is none, or where this is no dictionary.</summary>
    public TemplateValue? this[string key] => this is DictionaryValue dictionary && dictionary.TryGet(key, out TemplateValue? value) ? value : null;

    /// <summary>Python's <c>bool(x)</c>.</summary>
    public abstract bool IsTrue { get; }

    /// <summary>The name of its type, as Python's errors have it.</summary>
    internal abstract string TypeName { get; }

    /// <summary>A text.</summary>
    public static TemplateValue From(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new StringValue(text, PieceKind.Caller);
    }

    /// <summary><c>True</c> or <c>False</c>.</summary>
    public static TemplateValue From(bool value) => BooleanValue.Of(value);

    /// <summary>An integer.</summary>
    public static TemplateValue From(long value) => IntegerValue.Of(value);

    /// <summary>An integer of any size.</summary>
    public static TemplateValue From(BigInteger value) => IntegerValue.Of(value);

    /// <summary>A float.</summary>
    public static TemplateValue From(double value) => new FloatValue(value);

    /// <summary>A list.</summary>
    public static TemplateValue FromList(IEnumerable<TemplateValue> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return new ListValue([.. members]);
    }

    /// <summary>A dictionary; of a key that comes twice, the first place and the last value count, as in Python.</summary>
    public static TemplateValue FromEntries(IEnumerable<KeyValuePair<string, TemplateValue>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return DictionaryValue.Of(entries);
    }

    /// <summary>A value out of JSON: a number with a point or an exponent is a float, any other an integer.</summary>
    /// <exception cref="JsonException">It nests too deep, or an integer has more digits than Python reads.</exception>
    public static TemplateValue FromJson(JsonElement json) => JsonValues.Read(json);

    /// <inheritdoc cref="FromJson(JsonElement)"/>
    public static TemplateValue FromJson(string json) => JsonValues.Read(json);

    /// <summary>The value as Python's <c>json.dumps(…, ensure_ascii=False)</c> writes it.</summary>
    /// <exception cref="TemplateRenderException">It has no JSON.</exception>
    public string ToJson()
    {
        using Output output = new(new Budget(TemplateLimits.Default), keepsRuns: false);
        PythonJson.Write(output, this, indent: null);
        return output.ToText();
    }

    /// <summary>A dictionary with one entry more, or another value for one; the same value where this is no dictionary.</summary>
    public TemplateValue With(string key, TemplateValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        return this is DictionaryValue dictionary ? dictionary.Replace(key, value) : this;
    }

    /// <summary>A dictionary without an entry; the same value where it has none.</summary>
    public TemplateValue Without(string key) =>
        this is DictionaryValue dictionary ? DictionaryValue.Of(dictionary.ToList().Where(entry => entry.Key != key)) : this;

    /// <summary>As Python's <c>str(x)</c>.</summary>
    public override string ToString()
    {
        using Output output = new(new Budget(TemplateLimits.Default), keepsRuns: false);
        PythonText.Write(output, this);
        return output.ToText();
    }
}
