using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>A TypeScript type.</summary>
abstract class SchemaType
{
    public static readonly Keyword Any = new("any");
    public static readonly Keyword Never = new("never");
    public static readonly Keyword Null = new("null");
    public static readonly Keyword String = new("string");
    public static readonly Keyword Number = new("number");
    public static readonly Keyword Boolean = new("boolean");

    SchemaType()
    {
    }

    /// <summary>Whether it is written on one line, short of its names.</summary>
    public abstract bool IsFlat { get; }

    /// <summary>What two types that say the same have in common; null where that is not looked for.</summary>
    public virtual object? Key => null;

    /// <summary>A type with a name of TypeScript's own.</summary>
    public sealed class Keyword(string text) : SchemaType
    {
        public string Text => text;

        public override bool IsFlat => true;

        public override object Key => text;
    }

    /// <summary>One value.</summary>
    public sealed class Literal(JsonValue value) : SchemaType
    {
        public string Text { get; } = JsonLiteral.TypeOf(value);

        public override bool IsFlat => true;

        public override object Key => Text;

        /// <summary>The type that all values of this kind have; null for lists and objects.</summary>
        public Keyword? Kind => value.Kind switch
        {
            JsonValueKind.String => String,
            JsonValueKind.Number => Number,
            JsonValueKind.True or JsonValueKind.False => Boolean,
            JsonValueKind.Null => Null,
            _ => null,
        };
    }

    /// <summary>A type that is declared elsewhere.</summary>
    public sealed class Named(SchemaNode declared) : SchemaType
    {
        public SchemaNode Declared => declared;

        public override bool IsFlat => true;

        public override object Key => declared;
    }

    /// <summary>A list; without an element type nothing is said of what it holds.</summary>
    public sealed class List(SchemaType? element) : SchemaType
    {
        public SchemaType? Element => element;

        public override bool IsFlat { get; } = element is null || element.IsFlat;
    }

    /// <summary>A list with a type for each place; after them any number of a rest.</summary>
    public sealed class Tuple(IReadOnlyList<(SchemaType Type, bool IsOptional)> items, SchemaType? rest) : SchemaType
    {
        public IReadOnlyList<(SchemaType Type, bool IsOptional)> Items => items;

        public SchemaType? Rest => rest;

        public override bool IsFlat { get; } = items.All(item => item.Type.IsFlat) && rest is null or { IsFlat: true };
    }

    /// <summary>An object; a member without a name is what any other key has.</summary>
    public sealed class Object(IReadOnlyList<Member> members) : SchemaType
    {
        public IReadOnlyList<Member> Members => members;

        public override bool IsFlat => false;
    }

    /// <summary>One of several; on lines, each on its own, or all on one.</summary>
    public sealed class Union(IReadOnlyList<NotedType> variants, bool onLines) : SchemaType
    {
        public IReadOnlyList<NotedType> Variants => variants;

        public bool OnLines => onLines;

        public override bool IsFlat { get; } = !onLines && variants.All(variant => variant.Type.IsFlat);
    }

    /// <summary>All of several.</summary>
    public sealed class Intersection(IReadOnlyList<SchemaType> parts) : SchemaType
    {
        public IReadOnlyList<SchemaType> Parts => parts;

        public override bool IsFlat { get; } = parts.All(part => part.IsFlat);
    }

    /// <summary>What an object has under a name; without one, under any other.</summary>
    public sealed record Member(string? Name, bool IsRequired, NotedType Value);
}
