using System.Text;
using System.Text.Json;
using Chorale.Harmony;
using Chorale.TestKit;

namespace Chorale.Training.Tests;

public class ResponseMaskTests
{
    static readonly string[] Specials = [.. HarmonyEncoding.Default.Tokenizer.SpecialTokens.Keys];

    public static IEnumerable<TheoryDataRow<string>> Cases =>
        Jsonl.Elements("templates/masks.jsonl").Select(element => new TheoryDataRow<string>(element.GetRawText()) { TestDisplayName = element.GetProperty("id").GetString() });

    [Theory, MemberData(nameof(Cases))]
    public void The_mask_is_that_of_the_notebooks(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement recorded = document.RootElement;
        (string Text, bool IsTrained)[] pieces = [.. recorded.GetProperty("segments").EnumerateArray().Select(piece => (piece[0].GetString()!, piece[1].GetBoolean()))];
        int[] ids = Ids(string.Concat(pieces.Select(piece => piece.Text)));
        List<TokenRun> expected = [];
        int at = 0;
        foreach ((string text, bool isTrained) in pieces)
        {
            int length = Ids(text).Length;
            if (isTrained)
                expected.Add(new(at, length));
            at += length;
        }
        IReadOnlyList<TokenRun> found = ResponseMask.Find(
            ids, Ids(recorded.GetProperty("instruction_part").GetString()!), Ids(recorded.GetProperty("response_part").GetString()!), recorded.GetProperty("last_response_only").GetBoolean());
        Assert.Equal(expected, found);
    }

    [Fact]
    public void All_recorded_masks_are_there() => Assert.Equal(78, Cases.Count());

    [Fact]
    public void A_marker_without_ids_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ResponseMask.Find([1], [], [2]));
        Assert.Throws<ArgumentException>(() => ResponseMask.Find([1], [2], []));
        Assert.Empty(ResponseMask.Find([], [1], [2]));
    }

    /// <summary>As the recording tokenizer: a special token has one id, every other character one.</summary>
    static int[] Ids(string text)
    {
        List<int> ids = [];
        for (int at = 0; at < text.Length;)
        {
            string? special = text[at] == '<' ? Array.Find(Specials, name => text.AsSpan(at).StartsWith(name, StringComparison.Ordinal)) : null;
            if (special is not null)
            {
                ids.Add(0x200000 + Array.IndexOf(Specials, special));
                at += special.Length;
                continue;
            }
            Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out int length);
            ids.Add(rune.Value);
            at += length;
        }
        return [.. ids];
    }
}
