using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>A set of JSON values, as a term over schemas. Equal terms are one object (see <see cref="SchemaExpressions"/>), so that recursion through them ends.</summary>
abstract class SchemaExpression
{
    SchemaExpression()
    {
    }

    /// <summary>Every value.</summary>
    public static SchemaExpression Any { get; } = new Everything();

    /// <summary>No value.</summary>
    public static SchemaExpression Never { get; } = new Nothing();

    public sealed class Everything : SchemaExpression;

    public sealed class Nothing : SchemaExpression;

    /// <summary>What a schema allows.</summary>
    public sealed class Schema(SchemaNode node) : SchemaExpression
    {
        public SchemaNode Node => node;
    }

    /// <summary>One value.</summary>
    public sealed class Constant(JsonElement value) : SchemaExpression
    {
        public JsonElement Value => value;
    }

    public sealed class Both(SchemaExpression[] parts) : SchemaExpression
    {
        public SchemaExpression[] Parts => parts;
    }

    public sealed class Either(SchemaExpression[] parts) : SchemaExpression
    {
        public SchemaExpression[] Parts => parts;
    }

    /// <summary>All values but those of another.</summary>
    public sealed class Other(SchemaExpression inner, SchemaOrigin origin) : SchemaExpression
    {
        public SchemaExpression Inner => inner;

        /// <summary>What to blame where it cannot be had.</summary>
        public SchemaOrigin Origin => origin;
    }
}
