namespace Chorale.Grammar;

/// <summary>What a token of a Lark grammar is.</summary>
enum LarkTokenKind
{
    /// <summary>A rule, a terminal, or a parameter.</summary>
    Name,

    /// <summary>A text in quotes, with its flag.</summary>
    String,

    /// <summary>A regular expression in slashes, with its flags.</summary>
    Regex,

    /// <summary>Digits.</summary>
    Number,

    /// <summary>A percent sign and a word.</summary>
    Directive,

    /// <summary>Anything else that has a meaning.</summary>
    Symbol,

    /// <summary>One end of a line or several, and what is blank between them.</summary>
    LineBreak,

    /// <summary>The end of the grammar.</summary>
    End,
}
