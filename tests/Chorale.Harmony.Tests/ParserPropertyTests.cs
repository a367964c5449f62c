using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Harmony.Tests;

public class ParserPropertyTests
{
    static HarmonyEncoding Encoding => HarmonyEncoding.Default;

    static readonly int[][] Completions = [.. Directory.GetFiles(TestKit.TestData.PathOf("bench"), "completion_*.tokens.json")
        .Order(StringComparer.Ordinal).Select(path => JsonSerializer.Deserialize<int[]>(File.ReadAllText(path))!.Take(400).ToArray())];

    static readonly int[] Control = [200002, 200003, 200005, 200006, 200007, 200008, 200012, 199999, 200014];

    /// <summary>Words that a header gives back: no white space, no marker, no role.</summary>
    static Gen<string> Word => Gen.Elements("f", "functions.get_weather", "browser.search", "함수", "x=1", "a:b", "😀", "code", "json");

    static Gen<string> Text => ArbMap.Default.ArbFor<UnicodeString>().Generator.Select(s => string.Concat((s.Item ?? "").EnumerateRunes()));

    static Gen<string?> Optional(Gen<string> gen) => Gen.OneOf(Gen.Constant((string?)null), gen.Select(s => (string?)s));

    static Gen<Message> ParsableMessage =>
        from role in Gen.Elements(Enum.GetValues<Role>())
        from name in Word
        from recipient in role == Role.Tool ? Word.Select(w => (string?)w) : Optional(Word)
        from channel in Optional(Gen.OneOf(Gen.Elements(Channels.Analysis, Channels.Commentary, Channels.Final), Word))
        from type in recipient is null ? Gen.Constant((string?)null) : Optional(Gen.Elements("<|constrain|>json", "code", "<|constrain|>", "text/plain"))
        from text in Text
        select Message.FromText(role == Role.Tool ? new Author(role, $"tool.{name}") : role, text) with { Recipient = recipient, Channel = channel, ContentType = type };

    [Fact]
    public void What_was_rendered_parses_back() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ParsableMessage.ListOf().ToArbitrary(), messages =>
        {
            int[] ids = Encoding.RenderConversation(Conversation.Of(messages), RenderOptions.KeepAnalysis);
            foreach (ParserMode mode in Enum.GetValues<ParserMode>())
                Assert.Equal(messages, Encoding.Parse(ids, role: null, mode));
        }));

    [Fact]
    public void A_completion_parses_back_behind_its_prompt() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ParsableMessage.Where(m => m.Role == Role.Assistant).ToArbitrary(), message =>
        {
            int[] prompt = Encoding.RenderForCompletion(Conversation.Of(Message.User("hi")));
            int[] whole = Encoding.RenderConversation(Conversation.Of(Message.User("hi"), message), RenderOptions.KeepAnalysis);
            Assert.Equal(prompt, whole[..prompt.Length]);
            foreach (ParserMode mode in Enum.GetValues<ParserMode>())
                Assert.Equal([message], Encoding.Parse(whole.AsSpan(prompt.Length), Role.Assistant, mode));
        }));

    [Fact]
    public void Random_ids_are_parsed_or_refused_with_the_typed_error() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Ids.ToArbitrary(), ids => Parse(ids, Role.Assistant) && Parse(ids, null)));

    [Fact]
    public void Damaged_completions_are_parsed_or_refused_with_the_typed_error() =>
        Check.QuickThrowOnFailure(Prop.ForAll(DamagedCompletion.ToArbitrary(), ids => Parse(ids, Role.Assistant) && Parse(ids, null)));

    static Gen<int[]> Ids => Gen.Frequency(
        (4, Gen.Choose(0, 199_997)), (1, Gen.Choose(-3, 3)), (1, Gen.Choose(201_080, 201_100)), (1, Gen.Choose(int.MinValue, int.MaxValue)), (6, Gen.Elements(Control)))
        .ListOf().Select(ids => ids.ToArray());

    static Gen<int[]> DamagedCompletion =>
        from completion in Gen.Elements(Completions)
        from damages in (from kind in Gen.Choose(0, 3) from at in Gen.Choose(0, 399) from with in Gen.Elements(Control) select (kind, at, with)).ListOf()
        select Damage(completion, damages);

    static int[] Damage(int[] completion, IEnumerable<(int Kind, int At, int With)> damages)
    {
        List<int> ids = [.. completion];
        foreach ((int kind, int at, int with) in damages)
        {
            if (ids.Count == 0)
                break;
            int place = at % ids.Count;
            if (kind == 0)
                ids.RemoveAt(place);
            else if (kind == 1)
                ids.Insert(place, with);
            else if (kind == 2)
                ids[place] = with;
            else
                ids.RemoveRange(place, ids.Count - place);
        }
        return [.. ids];
    }

    /// <summary>
    /// Pushes all, going on after errors, and holds what the parser shows on its way together: the deltas add up to the
    /// content, and with the remainder to the message, messages only grow, and in both official modes a chunk gives what single ids give.
    /// </summary>
    static bool Parse(int[] ids, Role? role)
    {
        foreach (ParserMode mode in (ParserMode[])[ParserMode.Strict, ParserMode.NonStrict])
        {
            HarmonyParser parser = Encoding.CreateParser(role, mode);
            HarmonyParser chunked = Encoding.CreateParser(role, mode);
            string sum = "";
            int firstError = ids.Length;
            for (int i = 0; i < ids.Length; i++)
            {
                int messages = parser.Messages.Count;
                try
                {
                    parser.Push(ids[i]);
                }
                catch (HarmonyParseException error)
                {
                    Assert.Equal(i, error.TokenIndex);
                    firstError = Math.Min(firstError, i);
                }
                if (parser.Messages.Count > messages)
                    Assert.Equal(parser.Messages[^1].Text, sum + parser.Remainder);
                sum = parser.State == ParserState.Content ? sum + parser.LastDelta.ToString() : "";
                Assert.Equal(sum, parser.Content.ToString());
                Assert.InRange(parser.Messages.Count, messages, messages + 1);
            }
            chunked.Push(ids.AsSpan(0, firstError / 2));
            chunked.Push(ids.AsSpan(firstError / 2, firstError - (firstError / 2)));
            Assert.Equal(chunked.Messages, parser.Messages.Take(chunked.Messages.Count));
            try
            {
                parser.Finish();
                Assert.Equal(ParserState.ExpectStart, parser.State);
            }
            catch (HarmonyParseException error)
            {
                Assert.Equal((ParserState.Header, ids.Length), (parser.State, error.TokenIndex));
            }
        }
        return true;
    }
}
