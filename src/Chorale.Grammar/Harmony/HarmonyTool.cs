using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Chorale.Grammar;

/// <summary>A tool that a turn may call, as it stands on the wire. Immutable.</summary>
/// <param name="Recipient">To whom the call goes: <c>functions.get_weather</c>, <c>python</c>, <c>browser.search</c>.</param>
/// <param name="Arguments">What a call holds; null is any JSON object.</param>
public sealed record HarmonyTool(string Recipient, GrammarSource? Arguments = null)
{
    /// <summary>What the header says of the content.</summary>
    public HarmonyContentType ContentType { get; init; } = HarmonyContentType.Json;

    /// <summary>Whether it is called on <c>analysis</c>, as the tools that gpt-oss was trained with; otherwise on <c>commentary</c>.</summary>
    public bool IsOnAnalysis { get; init; }

    /// <summary>
    /// Whether a schema that cannot be enforced is refused. Otherwise a call of the tool holds any JSON object, and <see cref="CompiledGrammar.Ignored"/> says why.
    /// A grammar that is malformed is refused either way.
    /// </summary>
    public bool IsStrict { get; init; }

    /// <summary>The Python tool that gpt-oss was trained with: it takes text.</summary>
    public static HarmonyTool Python { get; } = Trained("python", GrammarSource.AnyText);

    /// <summary>A tool that gpt-oss was trained with: called on <c>analysis</c>, with the content type <c>code</c>.</summary>
    public static HarmonyTool Trained(string recipient, GrammarSource? arguments = null) =>
        new(recipient, arguments) { ContentType = HarmonyContentType.Code, IsOnAnalysis = true };

    /// <summary>A tool that takes text of its own kind, under a grammar or a regular expression: no content type.</summary>
    public static HarmonyTool Custom(string recipient, GrammarSource text) => new(recipient, text) { ContentType = HarmonyContentType.None };

    /// <summary>Whether a header can call a tool of this name: one word, and none that stands for somebody in the conversation.</summary>
    /// <remarks>A header is read word by word, so that white space ends a recipient, and so does a control token.</remarks>
    public static bool IsRecipient([NotNullWhen(true)] string? name) =>
        !string.IsNullOrEmpty(name)
        && name is not ("all" or "assistant" or "user")
        && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
        && !name.Contains("<|", StringComparison.Ordinal)
        && !name.EnumerateRunes().Contains(Rune.ReplacementChar);    // also half a surrogate pair, which has no UTF-8
}
