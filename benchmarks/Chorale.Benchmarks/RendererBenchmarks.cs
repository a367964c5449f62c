using System.Buffers;
using BenchmarkDotNet.Attributes;
using Chorale.Harmony;

namespace Chorale.Benchmarks;

/// <summary>
/// Rendering for completion, next role assistant, old analysis dropped: plain; from JSON; from a cache that knows all but the last
/// message; and from a cache that knows all of it, but in other objects.
/// </summary>
[MemoryDiagnoser]
public class RendererBenchmarks
{
    readonly ArrayBufferWriter<int> _ids = new();
    readonly RenderCache _cache = new(HarmonyEncoding.Default);
    byte[] _json = [];
    Conversation _before = new();
    Conversation[] _copies = [];
    int _next;
    Conversation _conversation = new();

    [Params("simple3", "tools10", "turns50", "turns500_tools")]
    public string Input { get; set; } = "";

    [GlobalSetup]
    public void Read()
    {
        _json = HarmonyInputs.Conversation(Input);
        _conversation = ConversationJson.Read(_json);
        _before = Conversation.Of(_conversation.Messages.SkipLast(1));
        _copies = [_conversation, ConversationJson.Read(_json)];
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

    [Benchmark]
    public int RenderTurnFromCache()
    {
        _ids.ResetWrittenCount();
        _cache.RenderForCompletion(_before.With(Message.User($"And what is {_next} times {_next++}?")), Role.Assistant, null, _ids);
        return _ids.WrittenCount;
    }

    [Benchmark]
    public int RenderCopyFromCache()
    {
        _ids.ResetWrittenCount();
        _cache.RenderForCompletion(_copies[_next++ & 1], Role.Assistant, null, _ids);
        return _ids.WrittenCount;
    }
}
