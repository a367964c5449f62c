using System.Buffers;
using System.Text;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>The steps that are measured of an input: how long the format takes of a request, apart from the model.</summary>
sealed class HarmonyBench(HarmonyEncoding encoding, RenderOptions options)
{
    /// <summary>How many characters the parser has handed over so far: what it hands over is read.</summary>
    public long ReadCharacterCount { get; private set; }

    /// <summary>Of a text: tokenize, detokenize. Of conversations: tokenize their texts, render, render with all but the last message cached, parse.</summary>
    public IReadOnlyList<BenchStep> StepsOf(BenchInput input) => input.Text is { } text ? OfText(text) : OfConversations(input.Conversations);

    List<BenchStep> OfText(string text)
    {
        int[] ids = encoding.Tokenizer.Encode(text);
        long bytes = Encoding.UTF8.GetByteCount(text);
        return
        [
            new("tokenize", ids.Length, bytes, () => encoding.Tokenizer.Encode(text)),
            new("detokenize", ids.Length, bytes, () => encoding.Tokenizer.DecodeLossy(ids)),
        ];
    }

    List<BenchStep> OfConversations(IReadOnlyList<Conversation> conversations)
    {
        string[] texts = [.. conversations.SelectMany(conversation => conversation.Messages).Select(message => message.Text)];
        int[][] prompts = [.. conversations.Select(conversation => encoding.RenderForCompletion(conversation, Role.Assistant, options))];
        int[][] whole = [.. conversations.Select(conversation => encoding.RenderConversation(conversation, options with { AnalysisDropping = AnalysisDropping.None }))];
        long promptBytes = Bytes(prompts), promptIds = Ids(prompts);
        ArrayBufferWriter<int> buffer = new();
        return
        [
            new("tokenize", texts.Sum(text => (long)encoding.Tokenizer.Count(text)), texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text)), () =>
            {
                foreach (string text in texts)
                {
                    buffer.ResetWrittenCount();
                    encoding.Tokenizer.Encode(text, buffer);
                }
            }),
            new("render", promptIds, promptBytes, () =>
            {
                foreach (Conversation conversation in conversations)
                {
                    buffer.ResetWrittenCount();
                    encoding.RenderForCompletion(conversation, Role.Assistant, options, buffer);
                }
            }),
            Cached(conversations, promptIds, promptBytes),
            new("parse", Ids(whole), Bytes(whole), () =>
            {
                foreach (int[] ids in whole)
                    Parse(ids);
            }),
        ];
    }

    BenchStep Cached(IReadOnlyList<Conversation> conversations, long ids, long bytes)
    {
        RenderCache? cache = null;
        ArrayBufferWriter<int> buffer = new();
        int capacity = (int)Math.Min(int.MaxValue, Math.Max(262_144, 2 * ids));
        Conversation[] before = [.. conversations.Select(conversation => Conversation.Of(conversation.Messages.SkipLast(1)))];
        return new("render, cached", ids, bytes,
            Prepare: () =>
            {
                cache = new(encoding, capacity);
                Render(before, cache, buffer);
            },
            Run: () => Render(conversations, cache!, buffer));
    }

    void Render(IReadOnlyList<Conversation> conversations, RenderCache cache, ArrayBufferWriter<int> buffer)
    {
        foreach (Conversation conversation in conversations)
        {
            buffer.ResetWrittenCount();
            cache.RenderForCompletion(conversation, Role.Assistant, options, buffer);
        }
    }

    /// <summary>As a stream is parsed: the delta is read after each id.</summary>
    void Parse(int[] ids)
    {
        HarmonyParser parser = encoding.CreateParser();
        foreach (int id in ids)
        {
            parser.Push(id);
            ReadCharacterCount += parser.LastDelta.Length;
        }
        parser.Finish();
    }

    static long Ids(int[][] renderings) => renderings.Sum(ids => (long)ids.Length);

    long Bytes(int[][] renderings) => renderings.Sum(ids => (long)encoding.Tokenizer.DecodeBytes(ids).Length);
}
