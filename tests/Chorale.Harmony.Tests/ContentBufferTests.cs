using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Harmony.Tests;

public class ContentBufferTests
{
    /// <summary>Tokens of bytes that are often pieces of UTF-8, good and bad.</summary>
    static Gen<byte[][]> Tokens =>
        Gen.Frequency((3, Gen.Elements("a"u8.ToArray(), "é"u8.ToArray(), "한"u8.ToArray(), "😀"u8.ToArray(), [0xE0, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x9F], [0x98, 0x80], [0xF4, 0x90], [0xC0, 0xAF])),
            (2, Gen.Choose(0x70, 0xFF).Select(b => (byte)b).ListOf().Select(bytes => bytes.ToArray())))
            .ListOf().Select(tokens => tokens.ToArray());

    [Fact]
    public void Every_delta_and_the_whole_follow_the_rule_told_plainly() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Tokens.ToArbitrary(), tokens =>
        {
            ContentBuffer buffer = new(0);
            StringBuilder expected = new();
            List<byte> held = [];
            foreach (byte[] token in tokens)
            {
                buffer.Append(token);
                (string? delta, held) = Rule([.. held, .. token]);
                Assert.Equal(delta is not null, buffer.HasDelta);
                Assert.Equal(delta ?? "", buffer.Delta.ToString());
                expected.Append(delta);
                Assert.Equal(expected.ToString(), buffer.Text.ToString());
            }
            Assert.Equal(expected + Encoding.UTF8.GetString([.. held]), buffer.Finish());
            Assert.Equal(0, buffer.Text.Length);
        }));

    static (string? Delta, List<byte> Held) Rule(byte[] bytes)
    {
        StringBuilder delta = new();
        int at = 0;
        while (at < bytes.Length)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes.AsSpan(at), out Rune rune, out int length);
            if (status == OperationStatus.NeedMoreData)
                return (delta.Length > 0 ? delta.ToString() : null, [.. bytes[at..]]);
            at += length;
            delta.Append(status == OperationStatus.InvalidData ? "\uFFFD" : rune.ToString());
            if (status == OperationStatus.InvalidData)
                return (delta.ToString(), [.. bytes[at..]]);
        }
        return (delta.ToString(), []);
    }

    [Fact]
    public void Valid_text_behind_a_bad_sequence_waits_for_the_next_token()
    {
        ContentBuffer buffer = new(4);
        buffer.Append([0xFF, (byte)'a', (byte)'b']);
        Assert.Equal("\uFFFD", buffer.Delta.ToString());
        buffer.Append("c"u8);
        Assert.Equal("abc", buffer.Delta.ToString());
        Assert.Equal("\uFFFDabc", buffer.Finish());
    }

    [Fact]
    public void A_blocked_message_ends_in_one_replacement_and_what_was_held_comes_after_it()
    {
        ContentBuffer buffer = new(4);
        buffer.Append([0xFF, (byte)'a']);
        buffer.Block();
        buffer.Append("lost"u8);
        Assert.False(buffer.HasDelta);
        Assert.Equal("\uFFFD\uFFFDa", buffer.Finish());
        buffer.Append("next"u8);
        Assert.Equal("next", buffer.Finish());
    }

    [Fact]
    public void Content_is_linear_however_bad_its_bytes_are()
    {
        ContentBuffer buffer = new(0);
        byte[] bad = [0xFF, 0xFE, 0xFD];
        for (int i = 0; i < 200_000; i++)   // two bad sequences stay behind each time: held bytes must not be moved again and again
            buffer.Append(bad);
        Assert.Equal(600_000, buffer.Finish().Length);
    }
}
