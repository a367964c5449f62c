using BenchmarkDotNet.Attributes;
using Chorale.Templates;
using Chorale.Tokenization;

namespace Chorale.Benchmarks;

/// <summary>Rendering all recorded cases of a template: natively and interpreted, to text, to pieces and to ids; and parsing the template.</summary>
[MemoryDiagnoser]
public class TemplateBenchmarks
{
    TemplateInput[] _inputs = [];
    ChatTemplate _native = ChatTemplate.Named("gpt-oss");
    ChatTemplate _interpreted = ChatTemplate.Named("gpt-oss");
    string _source = "";

    [Params("gpt-oss", "qwen3")]
    public string Template { get; set; } = "";

    [GlobalSetup]
    public void Read()
    {
        _inputs = TemplateInputs.Read(Template);
        _source = TemplateInputs.SourceOf(Template);
        _native = ChatTemplate.Named(Template);
        _interpreted = ChatTemplate.Parse(_source);
    }

    [Benchmark]
    public int Native() => _inputs.Sum(input => _native.Render(input).Length);

    [Benchmark]
    public int Interpreted() => _inputs.Sum(input => _interpreted.Render(input).Length);

    [Benchmark]
    public int NativePieces() => _inputs.Sum(input => _native.RenderPieces(input).Pieces.Count);

    [Benchmark]
    public int NativeIds() => _inputs.Sum(input => _native.RenderIds(input, Tokenizer.O200kHarmony).Length);

    [Benchmark]
    public bool Parse() => ChatTemplate.Parse(_source).IsNative;
}
