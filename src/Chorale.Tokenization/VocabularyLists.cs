namespace Chorale.Tokenization;

/// <summary>A vocabulary as plain lists, named as the metadata of a GGUF file: <c>tokenizer.ggml.*</c>.</summary>
public sealed record VocabularyLists
{
    /// <summary><c>tokens</c>: the token of each id, in the byte-level spelling where it is an ordinary one.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary><c>token_type</c> of each id: 1 normal, 3 control, 4 user-defined, 5 unused, 6 byte (<c>&lt;0xNN&gt;</c>).</summary>
    /// <remarks>A control token is special; a user-defined one is found by its name in ordinary text too; an unused one is no token.</remarks>
    public required IReadOnlyList<int> TokenTypes { get; init; }

    /// <summary><c>merges</c>: two tokens with a space between, the first merges first.</summary>
    public required IReadOnlyList<string> Merges { get; init; }

    /// <summary><c>model</c>: <c>gpt2</c>, which is byte-level BPE.</summary>
    public required string Model { get; init; }

    /// <summary><c>pre</c>: <c>gpt-4o</c>, which are the splitting rules of o200k.</summary>
    public required string Pre { get; init; }

    /// <summary>o200k_harmony as the published gpt-oss files hold it: 201,088 tokens, of which the last 1,069 are unused and called <c>[PADn]</c>.</summary>
    public static VocabularyLists OfO200kHarmony() => VocabularyListsWriter.WriteO200kHarmony();
}
