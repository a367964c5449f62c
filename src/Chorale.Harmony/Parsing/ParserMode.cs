namespace Chorale.Harmony;

/// <summary>What a parser does where the model left the format.</summary>
public enum ParserMode
{
    /// <summary>Never fails: reads what a person would read, and tells what it repaired in <see cref="HarmonyReader.Diagnostics"/>.</summary>
    Tolerant,

    /// <summary>openai-harmony 0.0.8's strict parser: <see cref="HarmonyParseException"/> with the official words.</summary>
    Strict,

    /// <summary>openai-harmony 0.0.8's other parser, which also takes a header that a stop token cut off, and fails elsewhere as the strict one does.</summary>
    NonStrict,
}
