using System.Buffers;
using System.Text.Json;

namespace Chorale.Harmony.Tests;

public class ParseTests
{
    static HarmonyEncoding Encoding => HarmonyEncoding.Default;

    [Fact]
    public void Parsing_gives_the_recorded_messages_or_error() =>
        Recorded.All(Recorded.Cases("parse.jsonl").Where(recorded => !IsAboutTheRequest(recorded)), recorded =>
        {
            if (recorded.Error is { } message)
            {
                HarmonyParseException error = Assert.Throws<HarmonyParseException>(() => Encoding.Parse(recorded.Tokens, recorded.Role, recorded.Mode));
                Assert.Equal(message, error.Message);
                Assert.Equal(recorded.ErrorInFull, error.Detail is null ? error.Message : $"{error.Message}: {error.Detail}");
            }
            else
            {
                AssertSame(recorded.Response.GetProperty("messages"), Messages(Encoding.Parse(recorded.Tokens, recorded.Role, recorded.Mode)));
            }
        });

    [Fact]
    public void A_role_that_is_none_is_refused_by_its_name() =>
        Recorded.All(Recorded.Cases("parse.jsonl").Where(IsAboutTheRequest), recorded =>
            Assert.Equal(recorded.Error, Assert.Throws<FormatException>(() => recorded.Role).Message));

    static bool IsAboutTheRequest(Recorded recorded) => recorded.Id.StartsWith("parse/role_name/", StringComparison.Ordinal);

    [Fact]
    public void Each_step_of_a_stream_is_the_recorded_one() =>
        Recorded.All(Recorded.Cases("stream.jsonl"), recorded =>
        {
            HarmonyParser parser = Encoding.CreateParser(recorded.Role, recorded.Mode);
            AssertSame(recorded.Response.GetProperty("initial"), Written(to => ParserTrace.WriteState(parser, to)));
            bool goesOn = Flag(recorded, "continue_after_error", otherwise: false);
            int?[] steps = [.. recorded.Tokens, .. Flag(recorded, "eos", otherwise: true) ? [(int?)null] : Array.Empty<int?>()];
            JsonElement[] trace = [.. recorded.Response.GetProperty("trace").EnumerateArray()];
            HarmonyParseException? first = null;
            int taken = 0;
            for (; taken < steps.Length && (first is null || goesOn); taken++)
            {
                HarmonyParseException? error = Step(parser, steps[taken]);
                AssertSame(trace[taken], Written(to => ParserTrace.WriteEntry(parser, steps[taken], error, to)));
                if (error is not null)
                    Assert.Equal(taken, error.TokenIndex);
                first ??= error;
            }
            Assert.Equal(trace.Length, taken);
            Assert.Equal(recorded.Error, first?.Message);
            if (first is not null)
                Assert.Equal(recorded.Response.GetProperty("error_index").GetInt32(), first.TokenIndex);
            AssertSame(recorded.Response.GetProperty("messages"), Messages(parser.Messages));
        });

    [Fact]
    public void Every_split_of_a_stream_gives_the_same() =>
        Recorded.All(Recorded.Cases("stream.jsonl").Where(recorded => recorded.Error is null), recorded =>
        {
            int[] ids = recorded.Tokens;
            bool ends = Flag(recorded, "eos", otherwise: true);
            for (int split = 0; split <= ids.Length; split++)
            {
                HarmonyParser parser = Encoding.CreateParser(recorded.Role, recorded.Mode);
                parser.Push(ids.AsSpan(0, split));
                parser.Push(ids.AsSpan(split));
                if (ends)
                    parser.Finish();
                AssertSame(recorded.Response.GetProperty("messages"), Messages(parser.Messages));
            }
        });

    [Fact]
    public void A_tiny_content_buffer_gives_the_same() =>
        Recorded.All(Recorded.Cases("parse.jsonl").Where(recorded => recorded.Error is null), recorded =>
        {
            HarmonyParser parser = new(Encoding, recorded.Role, recorded.Mode, contentCapacity: 0);
            parser.Push(recorded.Tokens);
            parser.Finish();
            AssertSame(recorded.Response.GetProperty("messages"), Messages(parser.Messages));
        });

    static HarmonyParseException? Step(HarmonyParser parser, int? id)
    {
        try
        {
            if (id is { } token)
                parser.Push(token);
            else
                parser.Finish();
            return null;
        }
        catch (HarmonyParseException error)
        {
            return error;
        }
    }

    static bool Flag(Recorded recorded, string name, bool otherwise) =>
        recorded.Request.TryGetProperty(name, out JsonElement flag) ? flag.GetBoolean() : otherwise;

    static string Messages(IReadOnlyList<Message> messages) => Written(to => ConversationJson.Write(messages, to));

    static string Written(Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        write(buffer);
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    static void AssertSame(JsonElement expected, string actual)
    {
        using JsonDocument document = JsonDocument.Parse(actual);
        if (!JsonElement.DeepEquals(expected, document.RootElement))
            Assert.Equal(expected.GetRawText(), actual);
    }
}
