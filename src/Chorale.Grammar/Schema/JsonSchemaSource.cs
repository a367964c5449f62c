using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>Documents that are valid under a JSON Schema.</summary>
/// <remarks>
/// One spelling is chosen where JSON has many. Declared members come in the order of their declaration, others after them in any order. Listed strings and declared names have the shortest
/// escapes. For numbers see <see cref="JsonNumbers"/>.
/// </remarks>
sealed class JsonSchemaSource(JsonElement schema, JsonSchemaOptions options) : GrammarSource((options, schema.GetRawText()))
{
    readonly JsonElement _schema = schema.Clone();
    readonly Lock _gate = new();
    SchemaDocument? _document;
    SchemaEvaluator? _evaluator;

    /// <summary>Writes a value as text of this schema: compactly, declared members first, in their declared order, which is the order that the grammar wants.</summary>
    /// <param name="value">Of any kind; where it is not valid its members stay in their own order.</param>
    /// <param name="destination">Gets UTF-8.</param>
    internal void Write(JsonElement value, IBufferWriter<byte> destination)
    {
        lock (_gate)
        {
            Run((document, evaluator) =>
            {
                StringBuilder text = new();
                new InstanceWriter(evaluator, text).Write(InstanceNode.Of(value), evaluator.Expressions.Schema(document.Root));
                return Encoding.UTF8.GetBytes(text.ToString(), destination);
            });
        }
    }

    internal override int AddTo(GrammarBuilder builder)
    {
        lock (_gate)
        {
            return Run((document, evaluator) =>
            {
                int rule = new SchemaGrammar(builder, evaluator, document, options).Add(evaluator.Expressions.Schema(document.Root));
                if (!builder.HasText(rule))
                    throw new JsonSchemaException("$", "", "no document is valid");
                builder.Ignored.AddRange(document.Ignored);
                return rule;
            });
        }
    }

    T Run<T>(Func<SchemaDocument, SchemaEvaluator, T> action)
    {
        bool isDone = false;
        try
        {
            if (_evaluator is null)
            {
                _document = new(_schema, options.Lenient);
                SchemaChecker.Check(_document);
                _evaluator = new();
            }
            T result = action(_document!, _evaluator);
            isDone = true;
            return result;
        }
        catch (InsufficientExecutionStackException)
        {
            throw new JsonSchemaException("$", "", "is nested too deeply");
        }
        finally
        {
            // What was left half done is not used again.
            if (!isDone)
                _evaluator = null;
        }
    }
}
