using System.Buffers;
using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>JSON values as the grammar of a schema writes them.</summary>
public static class JsonInstance
{
    /// <summary>
    /// Writes a value as text of a schema: compactly, declared properties first and in the order of their declaration. The grammar accepts this text where the value is valid, and no text
    /// of the value where it is not.
    /// </summary>
    /// <param name="value">Of any kind; what is not valid keeps its own order.</param>
    /// <param name="schema">As <see cref="GrammarSource.JsonSchema(JsonElement, JsonSchemaOptions?)"/> made it.</param>
    /// <param name="destination">Takes UTF-8.</param>
    /// <exception cref="ArgumentException">The source is no schema.</exception>
    /// <exception cref="GrammarException">The schema is malformed, or the value is nested too deeply.</exception>
    public static void Write(JsonElement value, GrammarSource schema, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (schema is not JsonSchemaSource source)
            throw new ArgumentException("The source is no JSON Schema.", nameof(schema));
        try
        {
            source.Write(value, destination);
        }
        catch (InsufficientExecutionStackException e)
        {
            throw new GrammarException("The value is nested too deeply.", e);
        }
    }
}
