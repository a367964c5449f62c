namespace Chorale.Tokenization;

/// <summary>What the o200k splitting rules ask of a code point; several can hold at once.</summary>
[Flags]
enum CharacterClass : byte
{
    None = 0,

    /// <summary><c>[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]</c>: may stand in the first half of a word.</summary>
    WordStart = 1,

    /// <summary><c>[\p{Ll}\p{Lm}\p{Lo}\p{M}]</c>: may stand in the second half of a word.</summary>
    WordEnd = 2,

    /// <summary>Either half: <c>[\p{L}\p{M}]</c>.</summary>
    Word = WordStart | WordEnd,

    /// <summary><c>\p{N}</c>.</summary>
    Number = 4,

    /// <summary><c>\s</c>, which is Unicode's White_Space.</summary>
    Space = 8,

    /// <summary>CR or LF; a <see cref="Space"/> too.</summary>
    Newline = 16,

    /// <summary><c>[^\s\p{L}\p{N}]</c>: punctuation, symbols, controls, and marks, which are <see cref="Word"/> too.</summary>
    Symbol = 32,
}
