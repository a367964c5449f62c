using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace Chorale.Server;

/// <summary>
/// The ids of one response and of its items. An item's id holds the response's, so that a reference to an item finds its response without an index:
/// <c>resp_0b1c…</c>, and in it <c>rs_0b1c…0000</c>, <c>msg_0b1c…0001</c>, <c>call_0b1c…0002</c>; items that came in have an <c>i</c> before their number.
/// </summary>
/// <param name="Id">The response's id.</param>
sealed record ResponseIds(string Id)
{
    static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    const string Prefix = "resp_";
    const int HexLength = 48;

    static readonly string[] ItemPrefixes = ["msg_", "rs_", "fc_", "ctc_", "call_", "item_"];

    /// <summary>New ids, at random.</summary>
    public static ResponseIds New() => new(Prefix + RandomNumberGenerator.GetHexString(HexLength, lowercase: true));

    /// <summary>Whether a text has the form of a response's id; no store is asked for another.</summary>
    public static bool IsId(string text) => text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length == Prefix.Length + HexLength && IsHex(text.AsSpan(Prefix.Length));

    /// <summary>The id of an item of the answer.</summary>
    /// <param name="kind">Its prefix: <c>msg</c>, <c>rs</c>, <c>fc</c>, <c>ctc</c>, <c>call</c>.</param>
    /// <param name="index">Its place in the answer.</param>
    public string OfOutput(string kind, int index) => string.Create(CultureInfo.InvariantCulture, $"{kind}_{Id.AsSpan(Prefix.Length)}{index:x4}");

    /// <summary>The id of an item that the client sent.</summary>
    public string OfInput(string kind, int index) => string.Create(CultureInfo.InvariantCulture, $"{kind}_{Id.AsSpan(Prefix.Length)}i{index:x4}");

    /// <summary>Finds the response that an item's id was made for.</summary>
    public static bool TryFindResponse(string itemId, out string responseId)
    {
        responseId = "";
        if (Array.Find(ItemPrefixes, prefix => itemId.StartsWith(prefix, StringComparison.Ordinal)) is not { } prefix || itemId.Length <= prefix.Length + HexLength)
            return false;
        ReadOnlySpan<char> hex = itemId.AsSpan(prefix.Length, HexLength);
        if (!IsHex(hex))
            return false;
        responseId = $"{Prefix}{hex}";
        return true;
    }

    static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Hex);
}
