using System.Text.Json;
using Chorale.Harmony;
using Chorale.Templates;

namespace Chorale.Training;

/// <summary>Renders one history by several templates and compares what comes out.</summary>
public sealed class TemplateComparison
{
    /// <summary>The official renderer over the converted history.</summary>
    public const string HarmonyName = "harmony";

    const string EncodePrefix = "unsloth-encode";

    TemplateComparison(IReadOnlyList<ComparedRendering> renderings, IReadOnlyList<RenderingDifference> differences, IReadOnlyList<IReadOnlyList<int?>> rows, IReadOnlyList<RenderingFact> facts)
    {
        Renderings = renderings;
        Differences = differences;
        Rows = rows;
        Facts = facts;
    }

    /// <summary>The names that are no templates: the official renderer, and <c>encode_conversations_with_harmony</c> by each of its rules.</summary>
    public static IReadOnlyList<string> OtherNames { get; } = [HarmonyName, .. HarmonyHistoryEncoder.Names.Select(EncoderName)];

    /// <summary>The renderings in the order that was asked for.</summary>
    public IReadOnlyList<ComparedRendering> Renderings { get; }

    /// <summary>Where each other rendering first differs from the first; none for one that is the same.</summary>
    public IReadOnlyList<RenderingDifference> Differences { get; }

    /// <summary>The messages beside each other: in each row a place in <see cref="ComparedRendering.Blocks"/> for each rendering, or null.</summary>
    public IReadOnlyList<IReadOnlyList<int?>> Rows { get; }

    /// <summary>What became of reasoning, calls and results.</summary>
    public IReadOnlyList<RenderingFact> Facts { get; }

    /// <summary>Renders and compares.</summary>
    /// <param name="history">Dictionaries as <see cref="HistoryReader.Read(JsonElement, HistoryRepairs)"/> takes them, or Harmony messages as JSON.</param>
    /// <param name="names">Each one of <see cref="OtherNames"/>, or a name that <paramref name="find"/> knows; at least one.</param>
    /// <param name="options">How.</param>
    /// <param name="find">Finds a template; null knows the built-in ones.</param>
    /// <exception cref="HistoryFormatException">Not a history at all.</exception>
    public static TemplateComparison Compare(JsonElement history, IReadOnlyList<string> names, ComparisonOptions options, Func<string, ChatTemplate>? find = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(options);
        if (names.Count == 0)
            throw new ArgumentException("At least one rendering is compared.", nameof(names));
        ComparisonInput input = ComparisonInput.Read(history, options);
        ComparedRendering[] renderings = [.. names.Select(name => Render(name, input, options, find ?? ChatTemplate.Named))];
        List<RenderingDifference> differences = [];
        for (int i = 1; i < renderings.Length; i++)
            if (DifferenceReason.Find(renderings[0], renderings[i]) is { } found)
                differences.Add(new(i, found.At, found.Reason));
        return new(renderings, differences, BlockAlignment.Align(renderings), RenderingFacts.Of(input.History, renderings));
    }

    static string EncoderName(string rule) => rule == HarmonyHistoryEncoder.Names[0] ? EncodePrefix : $"{EncodePrefix}-{rule}";

    static ComparedRendering Render(string name, ComparisonInput input, ComparisonOptions options, Func<string, ChatTemplate> find)
    {
        ChatTemplate? template = OtherNames.Contains(name, StringComparer.Ordinal) ? null : find(name);
        try
        {
            IReadOnlyList<TemplatePiece> pieces = template is not null ? template.RenderPieces(input.ForTemplate(options)).Pieces
                : name == HarmonyName ? PiecesOf(input.RenderHarmony())
                : PiecesOf(input.Encode(RuleOf(name), options));
            string text = string.Concat(pieces.Select(piece => piece.Text));
            MarkerFamily? family = MarkerFamily.Of(text);
            return new(name, text, family, BlockReader.Read(pieces, text, family));
        }
        catch (Exception e) when (e is TemplateRenderException or HistoryFormatException or HarmonyException)
        {
            return new(name, e.Message.ReplaceLineEndings(" "));
        }
    }

    static HarmonyEncodingRule RuleOf(string name) =>
        HarmonyHistoryEncoder.Names.Index().Where(rule => EncoderName(rule.Item) == name).Select(rule => (HarmonyEncodingRule)rule.Index).First();

    /// <summary>Ids as pieces: control tokens are the renderer's, all other text counts as the caller's.</summary>
    static List<TemplatePiece> PiecesOf(IReadOnlyList<int> ids)
    {
        List<TemplatePiece> pieces = [];
        int[] all = [.. ids];
        HarmonyEncoding encoding = HarmonyEncoding.Default;
        for (int at = 0; at < all.Length;)
        {
            bool isControl = encoding.Tokenizer.IsSpecial(all[at]);
            int end = at + 1;
            while (end < all.Length && encoding.Tokenizer.IsSpecial(all[end]) == isControl)
                end++;
            pieces.Add(new(encoding.Tokenizer.DecodeLossy(all.AsSpan(at, end - at)), isControl, IsTrained: false));
            at = end;
        }
        return pieces;
    }
}
