using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Chorale.TestKit;

namespace Chorale.Tokenization.Tests;

public class O200kSplitterTests
{
    // The published pattern, with the contractions' letters written out: the runtime's own folding leaves out U+017F.
    static readonly Regex Reference = new(
        O200kSplitter.Pattern.Replace(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)", "(?:'[sS\u017F]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])", StringComparison.Ordinal),
        RegexOptions.CultureInvariant,
        TimeSpan.FromMinutes(1));

    static readonly string[] Alphabets =
    [
        "aB1 \n'", "aAsStTdDmM'", "reveLLll'’ REVEl", "aAʰª́ ", "ʰ́ªA!", "ǅaA ́", " \t\r\n\u00A0\u2028\u0085a", "!/\r\n a", "12٣४Ⅷ²a ", "가a 1中!", "'ſ sS", "\u180E\u200B\uFEFF\u001C a", ". \n",
        "aA1 \u0301\u0903\u20DD!'sʰ中ǅ\r\n/٣\u3000",
    ];

    [Fact]
    public void Pieces_are_those_of_the_pattern_on_every_alphabet()
    {
        Random random = new(5);
        foreach (string alphabet in Alphabets)
        {
            for (int round = 0; round < 1500; round++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(1, 16)).Select(_ => alphabet[random.Next(alphabet.Length)]));
                Assert.Equal(Reference.Matches(text).Select(m => m.Value), Split(text));
            }
        }
    }

    [Fact]
    public void Pieces_are_those_of_the_pattern_on_any_code_points()
    {
        // The reference knows UTF-16 units, the rules know code points: it gets a stand-in of the same class for each one.
        Random random = new(6);
        string standIns = "Aaʰ\u03011\u00A0!";
        for (int round = 0; round < 20_000; round++)
        {
            Rune[] text = [.. Enumerable.Range(0, random.Next(1, 14)).Select(_ => RandomRune(random))];
            string standIn = string.Concat(text.Select(rune => rune.IsAscii ? (char)rune.Value : standIns.First(c => CharacterClasses.Table[c] == CharacterClasses.Table[rune.Value])));
            IEnumerable<int> expected = Reference.Matches(standIn).Select(m => m.Length);
            IEnumerable<int> actual = Split(string.Concat(text)).Select(piece => piece.EnumerateRunes().Count());
            Assert.True(expected.SequenceEqual(actual), string.Join(' ', text.Select(rune => $"U+{rune.Value:X4}")));
        }
    }

    [Fact]
    public void Every_code_point_has_its_recorded_class()
    {
        Dictionary<string, CharacterClass> classes = new(StringComparer.Ordinal)
        {
            ["Lu"] = CharacterClass.WordStart,
            ["Lt"] = CharacterClass.WordStart,
            ["Ll"] = CharacterClass.WordEnd,
            ["Lm"] = CharacterClass.Word,
            ["Lo"] = CharacterClass.Word,
            ["M"] = CharacterClass.Word | CharacterClass.Symbol,
            ["N"] = CharacterClass.Number,
            ["space"] = CharacterClass.Space,
        };
        byte[] expected = new byte[CharacterClasses.CodePoints];
        Array.Fill(expected, (byte)CharacterClass.Symbol);
        using JsonDocument recorded = JsonDocument.Parse(File.ReadAllText(TestData.PathOf("harmony/character_classes.json")));
        foreach (JsonElement range in recorded.RootElement.GetProperty("ranges").EnumerateArray())
        {
            for (int codePoint = range[0].GetInt32(); codePoint <= range[1].GetInt32(); codePoint++)
                expected[codePoint] = (byte)classes[range[2].GetString()!];
        }
        expected['\r'] = expected['\n'] = (byte)(CharacterClass.Space | CharacterClass.Newline);

        if (Environment.GetEnvironmentVariable("CHORALE_ACCEPT") == "1")
            WriteRuns(expected, Path.Combine(TestData.RepositoryRoot, "src/Chorale.Tokenization/Splitting/unicode-16.runs"));
        Assert.True(CharacterClasses.Table.SequenceEqual(expected), "The embedded classes are others; CHORALE_ACCEPT=1 writes them anew.");
    }

    static void WriteRuns(byte[] classes, string path)
    {
        using FileStream file = File.Create(path);
        int start = 0;
        while (start < classes.Length)
        {
            int end = start;
            while (end < classes.Length && classes[end] == classes[start])
                end++;
            Leb128.Write(file, end - start);
            file.WriteByte(classes[start]);
            start = end;
        }
    }

    static Rune RandomRune(Random random) => random.Next(4) switch
    {
        0 => new Rune("aZ 1!\r\n/'s\t"[random.Next(11)]),
        1 => RuneIn(random, 0x20, 0x3000),
        2 => RuneIn(random, 0x3000, 0xD800),
        _ => RuneIn(random, 0x10000, 0x20000),
    };

    static Rune RuneIn(Random random, int first, int end)
    {
        Rune rune = new(random.Next(first, end));
        return rune.Value is 0x2028 or 0x017F ? new Rune('x') : rune;
    }

    static List<string> Split(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        List<string> pieces = [];
        int position = 0;
        while (position < utf8.Length)
        {
            int end = O200kSplitter.FindEnd(utf8, position);
            pieces.Add(Encoding.UTF8.GetString(utf8[position..end]));
            position = end;
        }
        return pieces;
    }
}
