using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Chorale.Grammar;

namespace Chorale.Cli;

/// <summary>A schema, compiled and measured.</summary>
sealed class SchemaCheck
{
    readonly ulong[] _mask;

    SchemaCheck(GrammarSource source, CompiledGrammar grammar, double compileMicroseconds)
    {
        (Source, Grammar, CompileMicroseconds) = (source, grammar, compileMicroseconds);
        _mask = new ulong[grammar.Vocabulary.MaskWords];
    }

    public GrammarSource Source { get; }

    public CompiledGrammar Grammar { get; }

    public double CompileMicroseconds { get; }

    /// <summary>Of all masks so far, each place's first visit included.</summary>
    public MaskTimes Masks { get; } = new();

    /// <summary>Compiles a schema.</summary>
    /// <exception cref="GrammarException">It is refused.</exception>
    public static SchemaCheck Compile(JsonElement schema, JsonSchemaOptions options, GrammarVocabulary vocabulary)
    {
        long start = Stopwatch.GetTimestamp();
        GrammarSource source = GrammarSource.JsonSchema(schema, options);
        CompiledGrammar grammar = CompiledGrammar.Compile(source, vocabulary);
        return new(source, grammar, MaskTimes.Microseconds(Stopwatch.GetTimestamp() - start));
    }

    /// <summary>The ids of a shortest document.</summary>
    public int[] Shortest()
    {
        List<int> ids = [];
        Grammar.CreateMatcher().AppendCompletion(ids);
        return [.. ids];
    }

    /// <summary>Makes the masks along a shortest document.</summary>
    public void MeasureShortest() => Follow(Shortest());

    /// <summary>Judges an instance as a value: what is judged is its text as the grammar writes it.</summary>
    public InstanceVerdict Judge(JsonElement instance)
    {
        ArrayBufferWriter<byte> text = new();
        JsonInstance.Write(instance, Source, text);
        return new(Encoding.UTF8.GetString(text.WrittenSpan), Follow(Grammar.Vocabulary.Tokenizer.EncodeUtf8(text.WrittenSpan)));
    }

    /// <summary>Follows ids and makes the mask before each.</summary>
    /// <returns>The byte from which on they are refused; null where they are a whole text.</returns>
    int? Follow(int[] ids)
    {
        GrammarMatcher matcher = Grammar.CreateMatcher();
        int at = 0;
        foreach (int id in ids)
        {
            long start = Stopwatch.GetTimestamp();
            matcher.FillMask(_mask);
            Masks.Add(Stopwatch.GetTimestamp() - start);
            if (!matcher.TryAccept(id))
                return at;
            Grammar.Vocabulary.Tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes);
            at += bytes.Length;
        }
        return matcher.CanEnd ? null : at;
    }
}
