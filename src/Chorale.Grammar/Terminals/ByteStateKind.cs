namespace Chorale.Grammar;

/// <summary>Within what an <see cref="AutomatonTerminal"/> stands.</summary>
enum ByteStateKind : byte
{
    /// <summary>Before the quote that opens a JSON string.</summary>
    Quote,

    /// <summary>Between characters.</summary>
    Between,

    /// <summary>After the quote that closes a JSON string.</summary>
    End,

    /// <summary>In a character's UTF-8.</summary>
    Utf8,

    /// <summary>In a character's UTF-8, where every character that it may become leads to the same state, which is given.</summary>
    AnyUtf8,

    /// <summary>After a backslash.</summary>
    Escape,

    /// <summary>In the digits after <c>\u</c>.</summary>
    Hex,

    /// <summary>In the digits after <c>\u</c>, where every character that they may become leads to the same state, which is given.</summary>
    AnyHex,

    /// <summary>After a high surrogate, before the backslash of the low one.</summary>
    LowBackslash,

    /// <summary>After that backslash.</summary>
    LowU,

    /// <summary>In the digits of the low surrogate; the high one stands above the digits read.</summary>
    LowHex,
}
