using System.Buffers;
using BenchmarkDotNet.Attributes;
using Chorale.Harmony;

namespace Chorale.Benchmarks;

/// <summary>Rendering for completion, next role assistant, old analysis dropped; and the same from JSON.</summary>
[MemoryDiagnoser]
public class RendererBenchmarks
{
    readonly ArrayBufferWriter<int> _ids = new();
    byte[] _json = [];
    Conversation _conversation = new();

    [Params("simple3", "tools10", "turns50", "turns500_tools")]
    public string Input { get; set; } = "";

    [GlobalSetup]
    public void Read()
    {
        _json = HarmonyInputs.Conversation(Input);
        _conversation = ConversationJson.Read(_json);
    }

    [Benchmark]
    public int Render()
    {
        _ids.ResetWrittenCount();
        HarmonyEncoding.Default.RenderForCompletion(_conversation, Role.Assistant, null, _ids);
        return _ids.WrittenCount;
    }

    [Benchmark]
    public int RenderFromJson()
    {
        _ids.ResetWrittenCount();
        HarmonyEncoding.Default.RenderForCompletion(ConversationJson.Read(_json), Role.Assistant, null, _ids);
        return _ids.WrittenCount;
    }
}
