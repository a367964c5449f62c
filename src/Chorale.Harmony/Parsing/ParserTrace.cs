using System.Buffers;
using System.Globalization;

namespace Chorale.Harmony;

/// <summary>A parser's state as compact JSON, for tools and tests: one entry a token, in the form that the golden files have.</summary>
public static class ParserTrace
{
    /// <summary>
    /// Writes <c>{"state","role","channel","recipient","content_type","delta","content","messages"}</c>: a parser before
    /// any token.
    /// </summary>
    public static void WriteState(HarmonyReader parser, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(parser);
        ArgumentNullException.ThrowIfNull(destination);
        CompactJson json = new(destination);
        json.Raw("{"u8);
        State(parser, json);
    }

    /// <summary>Writes the same with the token that was pushed last, and the error where it was refused.</summary>
    /// <param name="parser">The parser after it took the token.</param>
    /// <param name="id">The token; null for the end of the stream.</param>
    /// <param name="error">Why it was refused; null where it was not.</param>
    /// <param name="destination">Takes the entry.</param>
    public static void WriteEntry(HarmonyReader parser, int? id, HarmonyParseException? error, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(parser);
        ArgumentNullException.ThrowIfNull(destination);
        CompactJson json = new(destination);
        json.Raw("{\"token\":"u8);
        json.Raw(id is { } token ? ((uint)token).ToString(CultureInfo.InvariantCulture) : "null");
        if (error is not null)
        {
            json.Raw(",\"error\":"u8);
            json.String(error.Message);
            if (error.Detail is not null)
            {
                json.Raw(",\"error_full\":"u8);
                json.String($"{error.Message}: {error.Detail}");
            }
        }
        json.Raw(","u8);
        State(parser, json);
    }

    static void State(HarmonyReader parser, CompactJson json)
    {
        json.Raw("\"state\":"u8);
        json.String(parser.State.ToString());
        json.Raw(",\"role\":"u8);
        json.StringOrNull(parser.Role is { } role ? Roles.NameOf(role) : null);
        json.Raw(",\"channel\":"u8);
        json.StringOrNull(parser.Channel);
        json.Raw(",\"recipient\":"u8);
        json.StringOrNull(parser.Recipient);
        json.Raw(",\"content_type\":"u8);
        json.StringOrNull(parser.ContentType);
        json.Raw(",\"delta\":"u8);
        if (parser.HasDelta)
            json.String(parser.LastDelta);
        else
            json.Raw("null"u8);
        json.Raw(",\"content\":"u8);
        json.String(parser.Content);
        json.Raw(",\"messages\":"u8);
        json.Raw(parser.Messages.Count.ToString(CultureInfo.InvariantCulture));
        json.Raw("}"u8);
    }
}
