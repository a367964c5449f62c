using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Tokenization.Tests;

public class TokenizerPropertyTests
{
    static readonly Tokenizer Tokenizer = Tokenizer.O200kHarmony;

    [Fact]
    public void Decode_undoes_encode_but_for_lone_surrogates() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<UnicodeString>(), s =>
        {
            string text = string.Concat((s.Item ?? "").EnumerateRunes());   // a lone surrogate is U+FFFD
            return Tokenizer.Decode(Tokenizer.Encode(s.Item)) == text && Tokenizer.DecodeLossy(Tokenizer.Encode(s.Item)) == text;
        }));

    [Fact]
    public void All_ways_of_encoding_agree() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<UnicodeString>(), s =>
        {
            string text = s.Item ?? "";
            int[] ids = Tokenizer.Encode(text);
            ArrayBufferWriter<int> written = new();
            Tokenizer.Encode(text, written);
            return written.WrittenSpan.SequenceEqual(ids)
                && Tokenizer.Count(text) == ids.Length
                && Tokenizer.EncodeUtf8(Encoding.UTF8.GetBytes(text)).AsSpan().SequenceEqual(ids)
                && Tokenizer.EncodeWithSpecials(text, new HashSet<string>()).AsSpan().SequenceEqual(ids);
        }));

    [Fact]
    public void Bad_utf8_counts_as_its_replacement() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), utf8 =>
            Tokenizer.EncodeUtf8(utf8).AsSpan().SequenceEqual(Tokenizer.Encode(Encoding.UTF8.GetString(utf8)))));

    [Fact]
    public void Text_encodes_piece_by_piece()
    {
        byte[] utf8 = Encoding.UTF8.GetBytes("Don't STOP'RE  \n\n x1234 !!/\r\n 안녕하세요, 世界! ɐʰb\u0301 \t\u00A0 end");
        int[] whole = Tokenizer.EncodeUtf8(utf8);
        List<int> joined = [];
        int position = 0;
        while (position < utf8.Length)
        {
            int end = O200kSplitter.FindEnd(utf8, position);
            Assert.Equal(whole, (int[])[.. joined, .. Tokenizer.EncodeUtf8(utf8.AsSpan(position..end)), .. EncodeRest(utf8, end)]);
            joined.AddRange(Tokenizer.EncodeUtf8(utf8.AsSpan(position..end)));
            position = end;
        }
    }

    [Fact]
    public void Incremental_decoding_adds_up_wherever_the_ids_are_cut()
    {
        Random random = new(7);
        for (int round = 0; round < 2000; round++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(10) switch
            {
                < 5 => random.Next(256),                       // single bytes: most split or break a character
                < 8 => random.Next(200000),
                8 => 200006,
                _ => random.Next(2) == 0 ? -1 : 300000,
            })];
            ArrayBufferWriter<char> text = new();
            IncrementalDecoder decoder = new(Tokenizer);
            for (int i = 0; i < ids.Length; i++)
            {
                decoder.Append(ids[i], text);
                string sure = text.WrittenSpan.ToString();
                Assert.StartsWith(sure, Tokenizer.DecodeLossy(ids), StringComparison.Ordinal);
                Assert.Equal(decoder.HoldsBack ? sure + "\uFFFD" : sure, Tokenizer.DecodeLossy(ids.AsSpan(0, i + 1)));
            }
            decoder.Flush(text);
            Assert.Equal(Tokenizer.DecodeLossy(ids), text.WrittenSpan.ToString());
            Assert.False(decoder.HoldsBack);
        }
    }

    [Fact]
    public void Incremental_decoding_allocates_nothing_per_id()
    {
        int[] ids = Tokenizer.Encode(new string('한', 50) + "글 emoji 😀😀 text");
        IncrementalDecoder decoder = new(Tokenizer);
        char[] destination = new char[decoder.MaxChars];
        decoder.Append(ids[0], destination);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (int id in ids)
            decoder.Append(id, destination);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Throws<ArgumentException>(() => decoder.Append(ids[0], new char[decoder.MaxChars - 1]));
    }

    [Fact]
    public void Encoding_allocates_its_result_and_nothing_else()
    {
        string text = string.Concat(Enumerable.Repeat("The tokenizer pools its memory; 한국어도, sehr lange Wörter wie Donaudampfschifffahrt. ", 20));
        int[] ids = Tokenizer.Encode(text);
        Tokenizer.Count(text);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Tokenizer.Encode(text);
        long encoded = GC.GetAllocatedBytesForCurrentThread() - before;
        Tokenizer.Count(text);
        long counted = GC.GetAllocatedBytesForCurrentThread() - before - encoded;
        Assert.InRange(encoded, 4 * ids.Length, (4 * ids.Length) + 64);
        Assert.Equal(0, counted);
    }

    [Fact]
    public void Threads_share_one_tokenizer()
    {
        string[] texts = [.. Enumerable.Range(0, 64).Select(i => string.Concat(Enumerable.Repeat($"thread {i} of 64 — Größe 中文字符 unhyphenatedly{i} ", 30)))];
        int[][] alone = [.. texts.Select(text => Tokenizer.Encode(text))];
        Parallel.For(0, 512, i => Assert.Equal(alone[i % 64], Tokenizer.Encode(texts[i % 64])));
    }

    [Fact]
    public void Special_names_are_text_unless_asked_for()
    {
        Assert.True(Tokenizer.TryGetSpecial("<|end|>", out int end));
        Assert.False(Tokenizer.TryGetSpecial("<|refusal|>", out _));
        Assert.DoesNotContain(end, Tokenizer.Encode("a<|end|>b"));
        Assert.Equal([64, end, 65], Tokenizer.EncodeWithSpecials("a<|end|>b"));
        Assert.Equal(Tokenizer.Encode("<|end|>"), Tokenizer.EncodeWithSpecials("<|end|>", new HashSet<string> { "<|start|>", "no such name" }));
        Assert.Equal(201089, Tokenizer.VocabularySize);
        Assert.True(Tokenizer.TryGetBytes(end, out ReadOnlySpan<byte> name));
        Assert.Equal("<|end|>", Encoding.UTF8.GetString(name));
        foreach (int id in new[] { -1, int.MinValue, int.MaxValue, 201089 })
        {
            Assert.False(Tokenizer.IsSpecial(id));
            Assert.False(Tokenizer.TryGetBytes(id, out _));
        }
    }

    [Fact]
    public void Errors_carry_where_and_what()
    {
        TokenDecodingException unknown = Assert.Throws<TokenDecodingException>(() => Tokenizer.Decode([0, 1, 201089]));
        Assert.Equal((2, 201089), (unknown.Index, unknown.UnknownId));
        TokenDecodingException bad = Assert.Throws<TokenDecodingException>(() => Tokenizer.Decode([0, 255]));
        Assert.Equal((1, null), (bad.Index, bad.UnknownId));
        Assert.Equal("!\uFFFD\uFFFD\"", Tokenizer.DecodeLossy([0, 255, 201089, 1]));
    }

    static int[] EncodeRest(byte[] utf8, int start) => start == utf8.Length ? [] : Tokenizer.EncodeUtf8(utf8.AsSpan(start));
}
