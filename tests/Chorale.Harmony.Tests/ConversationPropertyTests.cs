using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Harmony.Tests;

public class ConversationPropertyTests
{
    static readonly byte[][] Recordings = [.. Recorded.Cases("json.jsonl").Select(recorded => recorded.Json("conversation"))
        .Concat(Recorded.Cases("render.jsonl").Where(recorded => recorded.Id.StartsWith("render/turns/", StringComparison.Ordinal)).Take(20).Select(recorded => recorded.Json("conversation")))];

    static readonly string[] Pieces = ["\"", "\\", "{", "}", "[", "]", ",", ":", "null", "1e999", "-0", "\\ud800", "\u0001", "true", "\"role\":", "\"type\":"];

    static Gen<string> Text => ArbMap.Default.ArbFor<UnicodeString>().Generator.Select(s => string.Concat((s.Item ?? "").EnumerateRunes()));

    static Gen<string?> Optional => Gen.OneOf(Gen.Constant((string?)null), Text.Select(s => (string?)s));

    static Gen<ToolNamespace> Namespace =>
        from name in Text
        from description in Optional
        from tools in (from name in Text
                       from description in Text
                       from schema in Gen.Elements(null, "null", "{}", """{"type":"object","properties":{"a":{"type":"string","default":"é\n"}}}""", "[[1]]")
                       from returns in Gen.Elements(null, "{}", """{"type":["string","null"]}""")
                       select new ToolDescription(name, description, schema is null or "null" ? null : JsonSchema.Parse(schema)) { Returns = returns is null ? null : JsonSchema.Parse(returns) }).ListOf()
        select new ToolNamespace { Name = name, Description = description, Tools = tools };

    static Gen<ContentPart> Part => Gen.OneOf(
        Text.Select(text => (ContentPart)new TextContent(text)),
        from identity in Optional
        from date in Optional
        from effort in Gen.Elements<ReasoningEffort?>(null, ReasoningEffort.Low, ReasoningEffort.Medium, ReasoningEffort.High)
        from channels in Gen.Elements(null, ChannelConfig.Default, new ChannelConfig(), ChannelConfig.Require("a", "\"b\""))
        select (ContentPart)new SystemContent { ModelIdentity = identity, ConversationStartDate = date, ReasoningEffort = effort, ChannelConfig = channels },
        from instructions in Optional
        from tools in Namespace.ListOf()
        from any in Gen.Elements(true, false)
        from formats in (from name in Text from description in Optional from schema in Gen.Elements("true", """{ "a": 1.50 }""") select new ResponseFormat(name, JsonSchema.Parse(schema), description)).ListOf()
        select (ContentPart)new DeveloperContent
        {
            ResponseFormats = formats,
            Instructions = instructions,
            Tools = any ? tools.DistinctBy(tool => tool.Name, StringComparer.Ordinal).ToDictionary(tool => tool.Name, StringComparer.Ordinal) : null,
        });

    static Gen<Message> AnyMessage =>
        from role in Gen.Elements(Enum.GetValues<Role>())
        from name in Optional
        from recipient in Optional
        from channel in Optional
        from type in Optional
        from content in Part.ListOf()
        select new Message { Author = new Author(role, name), Recipient = recipient, Channel = channel, ContentType = type, Content = content };

    [Fact]
    public void Any_conversation_reads_back_as_it_was_written() =>
        Check.QuickThrowOnFailure(Prop.ForAll(AnyMessage.Resize(6).ListOf().Resize(8).ToArbitrary(), messages =>
        {
            Conversation conversation = Conversation.Of(messages);
            string json = ConversationJson.Write(conversation);
            Assert.Equal(conversation, ConversationJson.Read(json));
            Assert.Equal(json, ConversationJson.Write(ConversationJson.Read(json)));
        }));

    [Fact]
    public void Any_message_is_rendered_or_refused_with_the_typed_error() =>
        Check.QuickThrowOnFailure(Prop.ForAll(AnyMessage.Resize(8).ToArbitrary(), message => Renders(Conversation.Of(message))));

    [Fact]
    public void Damaged_json_is_read_or_refused_with_the_typed_error() =>
        Check.QuickThrowOnFailure(Prop.ForAll(DamagedJson.ToArbitrary(), json =>
        {
            try
            {
                return Renders(ConversationJson.Read(json));
            }
            catch (HarmonyJsonException error)
            {
                return error is { Line: >= 1, Column: >= 1 };
            }
        }));

    static Gen<byte[]> DamagedJson =>
        from recording in Gen.Elements(Recordings)
        from damages in (from at in Gen.Choose(0, 100_000)
                         from removed in Gen.Choose(0, 6)
                         from piece in Gen.OneOf(Gen.Elements(Pieces).Select(Encoding.UTF8.GetBytes), Gen.Choose(0, 255).Select(b => new[] { (byte)b }))
                         select (at, removed, piece)).ListOf()
        select damages.Take(3).Aggregate(recording, (json, damage) =>
        {
            int at = json.Length == 0 ? 0 : damage.at % json.Length;
            return [.. json[..at], .. damage.piece, .. json[Math.Min(json.Length, at + damage.removed)..]];
        });

    static bool Renders(Conversation conversation)
    {
        try
        {
            HarmonyEncoding.Default.RenderForTraining(conversation);
            return true;
        }
        catch (HarmonyRenderException error)
        {
            return error.MessageIndex < conversation.Messages.Count;
        }
    }
}
