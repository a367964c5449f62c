using BenchmarkDotNet.Attributes;
using Chorale.TestKit;
using Chorale.Tokenization;

namespace Chorale.Benchmarks;

/// <summary>Text to ids and back on one thread, over the inputs that the official implementation was measured with.</summary>
[MemoryDiagnoser]
public class TokenizerBenchmarks
{
    string _text = "";
    byte[] _utf8 = [];
    int[] _ids = [];

    /// <summary>A file of <c>testdata/bench</c>, or a million of one character.</summary>
    [Params("english", "licences", "code", "korean", "cjk", "json", "random_unicode_250k", "letters_random_16k", "base64ish_16k", "1m a", "1m  ", "1m =")]
    public string Input { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _text = Input.StartsWith("1m ", StringComparison.Ordinal)
            ? new string(Input[3], 1_000_000)
            : File.ReadAllText(TestData.PathOf($"bench/{Input}.txt"));
        _utf8 = System.Text.Encoding.UTF8.GetBytes(_text);
        _ids = Tokenizer.O200kHarmony.Encode(_text);
    }

    [Benchmark]
    public int[] Encode() => Tokenizer.O200kHarmony.Encode(_text);

    [Benchmark]
    public int[] EncodeUtf8() => Tokenizer.O200kHarmony.EncodeUtf8(_utf8);

    [Benchmark]
    public int Count() => Tokenizer.O200kHarmony.Count(_text);

    [Benchmark]
    public string Decode() => Tokenizer.O200kHarmony.Decode(_ids);
}
