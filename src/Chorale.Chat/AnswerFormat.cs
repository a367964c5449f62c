using System.Text.Json;
using Chorale.Grammar;
using Chorale.Harmony;

namespace Chorale.Chat;

/// <summary>What the answer of a turn must be: enforced while it is generated. Immutable.</summary>
/// <param name="Grammar">What the text on <c>final</c> must be.</param>
/// <param name="Shown">
/// What the developer message tells the model of it, under <c># Response Formats</c>, unless that message names a format already; null tells nothing, so that the instructions should.
/// </param>
public sealed record AnswerFormat(GrammarSource Grammar, ResponseFormat? Shown = null)
{
    /// <summary>JSON under a schema, which the model is shown.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="name">The heading under which it is shown.</param>
    /// <param name="options">White space, and what becomes of keywords that cannot be enforced; null takes the defaults.</param>
    /// <exception cref="JsonException">Not JSON.</exception>
    public static AnswerFormat Json(JsonSchema schema, string name = "answer", JsonSchemaOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new(GrammarSource.JsonSchema(schema.Text, options), new ResponseFormat(name, schema));
    }
}
