using System.Buffers;
using System.Globalization;
using System.Text;

namespace Chorale.Harmony;

/// <summary>Decodes a header's bytes; where they are not UTF-8, the error is worded as the official decoder's.</summary>
static class StrictUtf8
{
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out string text, out string? error)
    {
        text = "";
        error = null;
        int valid = System.Text.Unicode.Utf8.IsValid(bytes) ? bytes.Length : ValidLength(bytes);
        if (valid == bytes.Length)
        {
            text = Encoding.UTF8.GetString(bytes);
            return true;
        }
        OperationStatus status = Rune.DecodeFromUtf8(bytes[valid..], out _, out int length);
        error = status == OperationStatus.NeedMoreData
            ? string.Create(CultureInfo.InvariantCulture, $"incomplete utf-8 byte sequence from index {valid}")
            : string.Create(CultureInfo.InvariantCulture, $"invalid utf-8 sequence of {length} bytes from index {valid}");
        return false;
    }

    static int ValidLength(ReadOnlySpan<byte> bytes)
    {
        int valid = 0;
        while (Rune.DecodeFromUtf8(bytes[valid..], out _, out int length) == OperationStatus.Done)
            valid += length;
        return valid;
    }
}
