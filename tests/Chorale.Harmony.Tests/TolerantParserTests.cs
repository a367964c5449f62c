using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Chorale.TestKit;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Harmony.Tests;

public class TolerantParserTests
{
    static HarmonyEncoding Encoding => HarmonyEncoding.Default;

    static readonly int[][] Completions = [.. Directory.GetFiles(TestKit.TestData.PathOf("bench"), "completion_*.tokens.json")
        .Order(StringComparer.Ordinal).Select(path => JsonSerializer.Deserialize<int[]>(File.ReadAllText(path))!)];

    static readonly DiagnosticCode[] Remarks =
    [
        DiagnosticCode.UnknownChannel, DiagnosticCode.RecipientIsNoTool, DiagnosticCode.CallNotEndedByCall, DiagnosticCode.CallWithoutRecipient,
    ];

    /// <summary>Where the official parser accepts what no person would read so.</summary>
    static readonly HashSet<string> OddReadings =
    [
        .. Cases("parse/header", 31, 39), .. Cases("parse/header", 46, 48), .. Cases("parse/role", 29, 30), .. Cases("parse/role", 47, 48),   // the only word is the recipient, even a content type
        .. Cases("parse/flow", 65, 66), .. Cases("parse/flow", 69, 70),       // <|start|> is a word where the role was given
        .. Cases("parse/header", 94, 96),                                     // U+00A0 does not end a recipient
        .. Cases("parse/role", 17, 18),                                       // assistant:bob is a tool
    ];

    static IEnumerable<string> Cases(string group, int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(number => string.Create(CultureInfo.InvariantCulture, $"{group}/{number:000}"));

    static HarmonyParser Parse(int[] ids, Role? role = Role.Assistant)
    {
        HarmonyParser parser = Encoding.CreateParser(role);
        parser.Push(ids);
        parser.Finish();
        return parser;
    }

    static HarmonyParser Parse(string text, Role? role = Role.Assistant) => Parse(Encoding.Tokenizer.EncodeWithSpecials(text), role);

    static string Describe(Message message) => string.Create(CultureInfo.InvariantCulture,
        $"{Roles.NameOf(message.Role)}{(message.Author.Name is { } name ? $":{name}" : "")}{(message.Channel is { } channel ? $" #{channel}" : "")}{(message.Recipient is { } to ? $" @{to}" : "")}{(message.ContentType is { } type ? $" ({type})" : "")} | {message.Text}");

    [Fact]
    public void Well_formed_golden_streams_give_what_the_official_parser_gives()
    {
        int same = 0;
        Recorded.All(Recorded.Cases("parse.jsonl").Where(recorded => recorded.Error is null), recorded =>
        {
            HarmonyParser parser = Parse(recorded.Tokens, recorded.Role);
            if (OddReadings.Contains(recorded.Id) || !parser.Diagnostics.All(diagnostic => Remarks.Contains(diagnostic.Code) || (diagnostic.Code == DiagnosticCode.MissingEnd && diagnostic.Index == recorded.Tokens.Length)))
                return;
            Assert.Equal(Encoding.Parse(recorded.Tokens, recorded.Role, recorded.Mode), parser.Messages);
            same++;
        });
        Assert.True(same > 150, $"Only {same} cases were well-formed.");
    }

    [Fact]
    public void Whatever_was_recorded_as_an_error_is_read_without_loss() =>
        Recorded.All(Recorded.Cases("parse.jsonl").Where(recorded => !recorded.Id.StartsWith("parse/role_name/", StringComparison.Ordinal)), recorded =>
            Assert.Null(ParserAudit.Check(Encoding, recorded.Tokens, recorded.Role, new Random(1))));

    /// <summary>What a person would read. After each text: the messages, and the codes of the diagnostics.</summary>
    public static TheoryData<string, string, string> Slips => new()
    {
        // channels
        { "<|channel|>final<|message|>Hi<|return|>", "assistant #final | Hi", "" },
        { "<|channel|>Final<|message|>Hi<|return|>", "assistant #final | Hi", "channel_repaired" },
        { "<|channel|>finalfinal<|message|>Hi<|return|>", "assistant #final | Hi", "channel_repaired" },
        { "<|channel|> final<|message|>Hi<|return|>", "assistant #final | Hi", "channel_repaired" },
        { "<|channel|>notes<|message|>Hi<|return|>", "assistant #notes | Hi", "unknown_channel" },
        { "<|channel|>analysis<|channel|>final<|message|>Hi<|return|>", "assistant #final | Hi", "repeated_channel" },
        { "<|channel|>finalx<|channel|>final<|message|>Hi<|return|>", "assistant #final | Hi", "unknown_channel repeated_channel" },
        { "final<|message|>Hi<|return|>", "assistant #final | Hi", "channel_without_marker" },
        { "<|start|>assistant analysis<|message|>Hm<|end|>", "assistant #analysis | Hm", "channel_without_marker" },
        { "<|start|>final<|message|>Hi<|return|>", "assistant #final | Hi", "channel_as_role" },

        { "<|channel|>commentcommentary to=f<|message|>{}<|call|>", "assistant #commentary @f | {}", "channel_repaired" },

        // roles and authors
        { "<|start|>user<|message|>Hi<|end|>", "user | Hi", "" },
        { "<|start|>user:alice<|message|>Hi<|end|>", "user:alice | Hi", "" },
        { "<|start|>Assistant<|channel|>final<|message|>Hi<|return|>", "assistant #final | Hi", "role_repaired" },
        { "<|start|>assistantfinal<|message|>Hi<|return|>", "assistant #final | Hi", "role_repaired channel_without_marker" },
        { "<|start|><|channel|>final<|message|>Hi<|return|>", "assistant #final | Hi", "role_missing" },
        { "<|start|>assistant<|start|>assistant<|start|>assistant<|channel|>final<|message|>4<|return|>", "assistant #final | 4", "repeated_start repeated_start" },
        { "assistant assistant<|channel|>final<|message|>4<|return|>", "assistant #final | 4", "repeated_role" },
        { "<|start|>functions.f to=assistant<|channel|>commentary<|message|>1<|end|>", "tool:functions.f #commentary @assistant | 1", "" },
        { "<|start|>get_weather<|channel|>commentary<|message|>{}<|call|>", "assistant #commentary @get_weather | {}", "tool_as_role" },

        // recipients
        { " to=functions.f<|channel|>commentary<|message|>{}<|call|>", "assistant #commentary @functions.f | {}", "" },
        { "<|channel|>commentary to= functions.f<|message|>{}<|call|>", "assistant #commentary @functions.f | {}", "recipient_missing" },
        { "<|channel|>commentary to=<|message|>{}<|end|>", "assistant #commentary | {}", "recipient_missing" },
        { "<|channel|>commentaryto=functions.f<|message|>{}<|call|>", "assistant #commentary @functions.f | {}", "channel_repaired" },
        { "<|channel|>commentary functions.f json<|message|>{}<|call|>", "assistant #commentary @functions.f (json) | {}", "recipient_without_to" },
        { "<|channel|>commentary to=assistant to=functions.f<|message|>{}<|call|>", "assistant #commentary @functions.f | {}", "repeated_recipient" },
        { "<|channel|>commentary to=assistant<|message|>{}<|end|>", "assistant #commentary @assistant | {}", "recipient_is_no_tool" },
        { "<|channel|>final to=functions.f<|message|>{}<|call|>", "assistant #final @functions.f | {}", "" },
        { "I will call to=functions.f<|message|>{}<|call|>", "assistant #final | I will call~assistant @functions.f | {}", "missing_header" },

        // content types
        { "<|channel|>commentary to=f code<|message|>x<|call|>", "assistant #commentary @f (code) | x", "" },
        { "<|channel|>commentary to=f application/x+json<|message|>x<|call|>", "assistant #commentary @f (application/x+json) | x", "" },
        { "<|channel|>commentary to=f<|constrain|>json<|message|>x<|call|>", "assistant #commentary @f (<|constrain|>json) | x", "" },
        { "<|channel|>commentary to=f <|constrain|> json<|message|>x<|call|>", "assistant #commentary @f (<|constrain|>json) | x", "content_type_repaired" },
        { "<|channel|>commentary to=f <|constrain|><|constrain|>json<|message|>x<|call|>", "assistant #commentary @f (<|constrain|>json) | x", "stray_control_token" },
        { "<|channel|>commentary to=f json<|constrain|>json<|message|>x<|call|>", "assistant #commentary @f (json) | x", "header_garbage" },

        // headers that never close
        { "<|channel|>final Hi there<|return|>", "assistant #final | Hi there", "missing_message" },
        { "<|channel|>finalHi there<|return|>", "assistant #final | Hi there", "channel_repaired missing_message" },
        { "<|channel|>analysiswe see that<|end|>", "assistant #analysis | we see that", "channel_repaired missing_message" },
        { "<|channel|>finals<|end|>", "assistant #finals | ", "unknown_channel header_cut" },
        { "<|channel|>commentary to=functions.f <|constrain|>json{\"a\":1}<|call|>", "assistant #commentary @functions.f (<|constrain|>json) | {\"a\":1}", "missing_message" },
        { "<|channel|>commentary to=functions.f{\"a\":1}<|call|>", "assistant #commentary @functions.f | {\"a\":1}", "missing_message" },
        { " to=functions.f {\"a\":1}<|call|>", "assistant @functions.f | {\"a\":1}", "missing_message" },
        { "<|start|>assistant Hello there<|end|>", "assistant #final | Hello there", "missing_header" },
        { "<|start|>Hello there<|end|>", "assistant #final | Hello there", "role_missing missing_header" },
        { "<|start|>user How are you?<|end|>", "user | How are you?", "missing_message" },
        { "<|channel|>analysis", "assistant #analysis | ", "header_cut" },
        { "<|channel|>commentary to=functions.f", "assistant #commentary @functions.f | ", "header_cut" },
        { "<|start|>assistant", "assistant #final | ", "header_cut" },
        { "<|start|>", "assistant #final | ", "header_cut empty_turn" },
        { "<|channel|>final<|refusal|><|message|>Hi<|return|>", "assistant #final | Hi", "header_garbage" },
        { "<|channel|>analysis<|start|>assistant<|channel|>final<|message|>Hi<|return|>", "assistant #analysis | ~assistant #final | Hi", "header_cut" },

        // between messages
        { "<|channel|>analysis<|message|>a<|end|>\n \n<|start|>assistant<|channel|>final<|message|>b<|return|>", "assistant #analysis | a~assistant #final | b", "text_between_messages" },
        { "<|channel|>analysis<|message|>a<|end|>assistant<|channel|>final<|message|>b<|return|>", "assistant #analysis | a~assistant #final | b", "" },
        { "<|channel|>final<|message|>b<|return|>assistant", "assistant #final | b", "text_between_messages" },
        { "<|channel|>final<|message|>b<|return|> and more", "assistant #final | b~assistant #final | and more", "missing_header" },
        { "<|return|>", "assistant #final | ", "header_cut" },
        { "\n\n", "assistant #final | ", "header_cut" },

        // content
        { "<|channel|>final<|message|><|message|>Hi<|return|>", "assistant #final | Hi", "stray_control_token" },
        { "<|channel|>analysis<|message|>a<|channel|>final<|message|>b<|return|>", "assistant #analysis | a~assistant #final | b", "missing_end missing_start" },
        { "<|channel|>final<|message|>a<|endoftext|>", "assistant #final | a", "end_of_text" },
        { "<|channel|>final<|message|>a<|reserved_200014|>b<|return|>", "assistant #final | a<|reserved_200014|>b", "control_token_in_content" },
        { "<|channel|>final<|message|>a<|end|><|channel|><|end|>", "assistant #final | a", "missing_start header_cut" },
        { "<|channel|>commentary<|message|>{}<|call|>", "assistant #commentary | {}", "call_without_recipient" },
    };

    [Theory, MemberData(nameof(Slips))]
    public void A_slip_is_read_as_a_person_would(string text, string messages, string codes)
    {
        int[] ids = Encoding.Tokenizer.EncodeWithSpecials(text);
        HarmonyParser parser = Parse(ids);
        Assert.Equal(messages, string.Join('~', parser.Messages.Select(Describe)));
        Assert.Equal(codes, string.Join(' ', parser.Diagnostics.Select(diagnostic => diagnostic.Name)));
        Assert.Null(ParserAudit.Check(Encoding, ids, Role.Assistant, new Random(1)));
    }

    [Fact]
    public void In_a_conversation_an_unknown_role_is_a_tool()
    {
        HarmonyParser parser = Parse("<|start|>python<|message|>42<|end|>", role: null);
        Assert.Equal([Message.Tool("python", "42")], parser.Messages);
    }

    [Fact]
    public void Diagnostics_say_where_and_how_far()
    {
        HarmonyParser parser = Parse("<|channel|>commentary to=functions.f junk here<|message|>{}<|call|>");
        HarmonyDiagnostic garbage = Assert.Single(parser.Diagnostics);
        Assert.Equal((DiagnosticCode.HeaderGarbage, 7, 2, 0, "junk here"), (garbage.Code, garbage.Index, garbage.Length, garbage.MessageIndex, garbage.Found));
        Assert.Equal("[7] header_garbage: Words that have no place in a header: found 'junk here': left out", garbage.ToString());
        Assert.Equal(new MessageSpan(0, 10, 12), Assert.Single(parser.Spans));
    }

    [Fact]
    public void Unknown_ids_and_bad_bytes_stand_as_the_replacement_character_and_are_quoted()
    {
        int[] lead = [.. Enumerable.Range(0, 256).Where(id => Encoding.Tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes) && bytes.SequenceEqual<byte>([0xE2]))];
        int[] ids = [200005, .. Encoding.Tokenizer.Encode("final"), 200008, .. Encoding.Tokenizer.Encode("a"), -1, .. Encoding.Tokenizer.Encode("b"), lead[0], .. Encoding.Tokenizer.Encode("c"), lead[0], 200002];
        HarmonyParser parser = Parse(ids);
        Assert.Equal("a\uFFFDb\uFFFDc\uFFFD", Assert.Single(parser.Messages).Text);
        Assert.Equal(
            [(DiagnosticCode.UnknownToken, 4, "4294967295"), (DiagnosticCode.InvalidUtf8, 7, "e2"), (DiagnosticCode.InvalidUtf8, 9, "e2")],
            parser.Diagnostics.Select(diagnostic => (diagnostic.Code, diagnostic.Index, diagnostic.Found)));
    }

    [Fact]
    public void The_documented_examples_give_their_diagnostics()
    {
        string page = File.ReadAllText(Path.Combine(TestKit.TestData.PathOf("."), "..", "docs", "harmony-repairs.md"));
        Assert.All(Enum.GetValues<DiagnosticCode>(), code => Assert.Contains($"`{DiagnosticCodes.NameOf(code)}`", page, StringComparison.Ordinal));
        int examples = 0;
        foreach (string[] cells in page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split(" | ")))
        {
            string code = cells[0][2..].Trim('`');
            bool isExample = cells is [_, ['`', .., '`'], _];
            if (!isExample)
                continue;
            string text = Unescape(cells[1][1..^1]);
            HarmonyReader parser = code == "control_token_in_content" ? Parse(text) : HarmonyTextParser.Parse(text, Role.Assistant);
            Assert.Contains(code, parser.Diagnostics.Select(diagnostic => diagnostic.Name));
            Assert.Equal(Unescape(cells[2])[..^2], string.Join("; ", parser.Messages.Select(InDocument)));
            examples++;
        }
        Assert.Equal(31, examples);
    }

    static string Unescape(string cell) => cell.Replace("\\|", "|", StringComparison.Ordinal);

    static string InDocument(Message message) =>
        $"{message.Channel ?? "no channel"}{(message.Recipient is { } to ? $", to `{to}`" : "")}{(message.ContentType is { } type ? $", `{type}`" : "")}: {(message.Text.Length > 0 ? $"`{message.Text}`" : "nothing")}";

    [Fact]
    public void Long_text_without_a_header_streams_as_the_answer()
    {
        int[] ids = Encoding.Tokenizer.Encode(string.Concat(Enumerable.Repeat("I am sorry, but I can't help with that. ", 50)));
        HarmonyParser parser = Encoding.CreateParser(Role.Assistant);
        int silent = 0;
        foreach (int id in ids)
        {
            parser.Push(id);
            silent += parser.HasDelta ? 0 : 1;
        }
        Assert.Equal(Channels.Final, parser.Channel);
        Assert.InRange(silent, 1, 60);
        parser.Push(200002);
        Assert.Equal(Encoding.Tokenizer.Decode(ids), Assert.Single(parser.Messages).Text);
        Assert.Equal("", parser.Remainder.Trim());
    }

    [Fact]
    public void A_long_header_takes_linear_time_and_is_not_lost()
    {
        foreach (string unit in (string[])["garbage ", "to=f ", "assistant ", "<|channel|>", "<|constrain|>", "<|start|>", "final ", "\n", "<|channel|>x to=y json "])
        {
            int[] ids = [200006, .. Enumerable.Repeat(Encoding.Tokenizer.EncodeWithSpecials(unit), 100_000 / unit.Length).SelectMany(part => part)];
            Stopwatch watch = Stopwatch.StartNew();
            HarmonyParser parser = Parse(ids);
            Assert.NotEmpty(parser.Messages);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"'{unit}' took {watch.Elapsed}.");
        }
    }

    [Fact]
    public void A_control_token_more_or_less_changes_nothing_that_a_person_would_miss()
    {
        int[] ids = Completions.Single(completion => completion.Length == 3386);
        IReadOnlyList<Message> whole = Parse(ids).Messages;
        Assert.Equal(80, whole.Count);
        for (int i = 0; i < ids.Length; i++)
        {
            if (!Encoding.Tokenizer.IsSpecial(ids[i]))
                continue;
            AssertSameButForTypes(whole, Parse([.. ids[..i], .. ids[(i + 1)..]]), $"without the id at {i}");
            AssertSameButForTypes(whole, Parse([.. ids[..i], ids[i], .. ids[i..]]), $"with the id at {i} twice");
        }
    }

    /// <summary>Without its token a content type is another; without <c>&lt;|message|&gt;</c> the white space before the content is lost.</summary>
    static void AssertSameButForTypes(IReadOnlyList<Message> expected, HarmonyParser parser, string what) =>
        Assert.True(
            expected.Select(message => (message.Author, message.Channel, message.Recipient, message.Text.Trim())).SequenceEqual(parser.Messages.Select(message => (message.Author, message.Channel, message.Recipient, message.Text.Trim()))),
            what);

    [Fact]
    public void Random_ids_and_damaged_completions_are_read_without_exception_or_loss()
    {
        Random random = new(20251121);
        SlipGenerator slips = new(Encoding, Completions, random);
        for (int round = 0; round < 6000; round++)
        {
            int[] ids = round % 2 == 0 ? slips.Random(random.Next(1, 40)) : slips.Mutated(200);
            Role? role = random.Next(3) == 0 ? null : Role.Assistant;
            if (ParserAudit.Check(Encoding, ids, role, random) is { } problem)
                Assert.Fail($"{problem}\nrole {role}, ids [{string.Join(", ", ids)}]\n{Encoding.Tokenizer.DecodeLossy([.. ids.Where(id => Encoding.Tokenizer.TryGetBytes(id, out _))])}");
        }
    }

    [Fact]
    public void Random_ids_are_read_without_loss_whatever_FsCheck_finds() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Ids.ToArbitrary(), ids => ParserAudit.Check(Encoding, ids, Role.Assistant, new Random(ids.Length)) is null));

    static Gen<int[]> Ids => Gen.Frequency(
        (4, Gen.Choose(0, 199_997)), (1, Gen.Choose(-3, 3)), (1, Gen.Choose(201_080, 201_100)), (1, Gen.Choose(int.MinValue, int.MaxValue)), (6, Gen.Elements(200002, 200003, 200005, 200006, 200007, 200008, 200012, 199999, 200014)))
        .ListOf().Select(ids => ids.ToArray());
}
