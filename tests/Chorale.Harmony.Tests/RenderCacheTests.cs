using System.Buffers;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Harmony.Tests;

public class RenderCacheTests
{
    static HarmonyEncoding Encoding => HarmonyEncoding.Default;

    /// <summary>A step of a conversation's life: what is done to it, where, with which message, and how it is rendered then.</summary>
    sealed record Step(int Kind, int At, Message Said, AnalysisDropping Rule, SchemaStyle Schemas, RenderPurpose Purpose, Role NextRole, bool Copied, bool IntoBuffer);

    static Gen<Step> Steps =>
        from edit in Gen.Choose(0, 6)
        from at in Gen.Choose(0, 1000)
        from message in AnyConversation.Message
        from rule in AnyConversation.Rule
        from schemas in Gen.Elements(Enum.GetValues<SchemaStyle>())
        from purpose in AnyConversation.Purpose
        from nextRole in Gen.Elements(Enum.GetValues<Role>())
        from copied in Gen.Elements(true, false)
        from intoBuffer in Gen.Elements(true, false)
        select new Step(edit, at, message, rule, schemas, purpose, nextRole, copied, intoBuffer);

    static Gen<(int Capacity, List<Step> Steps)> Lives =>
        from capacity in Gen.Elements(0, 1, 7, 12, 40, 120, 100_000)
        from steps in Steps.ListOf().Resize(40)
        select (capacity, steps.ToList());

    [Fact]
    public void A_cache_gives_the_ids_of_the_plain_renderer_whatever_happens_to_the_conversation() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Lives.ToArbitrary(), life =>
        {
            RenderCache cache = new(Encoding, life.Capacity);
            List<Message> messages = [];
            foreach (Step step in life.Steps)
            {
                Edit(messages, step);
                Conversation conversation = Conversation.Of(messages);
                RenderOptions options = new() { AnalysisDropping = step.Rule, Schemas = step.Schemas };
                Assert.Equal(Plain(conversation, options, step), Cached(cache, step.Copied ? ConversationJson.Read(ConversationJson.Write(conversation)) : conversation, options, step));
                RenderCacheStatistics statistics = cache.Statistics;
                Assert.InRange(statistics.IdsHeld, 0, life.Capacity);
                Assert.InRange(statistics.Entries, 0, statistics.IdsHeld / 3 + 1);
            }
            Assert.True(life.Capacity > 0 || cache.Statistics is { Hits: 0, Entries: 0 });
        }));

    /// <summary>Mostly it grows; sometimes a message is put in, taken out or exchanged, or all of it goes.</summary>
    static void Edit(List<Message> messages, Step step)
    {
        switch (step.Kind)
        {
            case 0 when messages.Count > 0:
                messages.RemoveAt(step.At % messages.Count);
                break;
            case 1 when messages.Count > 0:
                messages[step.At % messages.Count] = step.Said;
                break;
            case 2:
                messages.Insert(step.At % (messages.Count + 1), step.Said);
                break;
            case 3 when step.At % 5 == 0:
                messages.Clear();
                break;
            default:
                messages.Add(step.Said);
                break;
        }
    }

    static int[] Plain(Conversation conversation, RenderOptions options, Step step) => step.Purpose switch
    {
        RenderPurpose.Completion => Encoding.RenderForCompletion(conversation, step.NextRole, options),
        RenderPurpose.Conversation => Encoding.RenderConversation(conversation, options),
        _ => Encoding.RenderForTraining(conversation, options),
    };

    static int[] Cached(RenderCache cache, Conversation conversation, RenderOptions options, Step step)
    {
        if (!step.IntoBuffer)
        {
            return step.Purpose switch
            {
                RenderPurpose.Completion => cache.RenderForCompletion(conversation, step.NextRole, options),
                RenderPurpose.Conversation => cache.RenderConversation(conversation, options),
                _ => cache.RenderForTraining(conversation, options),
            };
        }
        ArrayBufferWriter<int> ids = new();
        switch (step.Purpose)
        {
            case RenderPurpose.Completion:
                cache.RenderForCompletion(conversation, step.NextRole, options, ids);
                break;
            case RenderPurpose.Conversation:
                cache.RenderConversation(conversation, options, ids);
                break;
            default:
                cache.RenderForTraining(conversation, options, ids);
                break;
        }
        return ids.WrittenSpan.ToArray();
    }

    [Fact]
    public void A_growing_conversation_costs_what_is_new()
    {
        RenderCache cache = new(Encoding);
        List<Message> messages = [];
        for (int turn = 0; turn < 50; turn++)
        {
            messages.Add(Message.User($"question {turn}"));
            messages.Add(Message.Assistant($"answer {turn}", Channels.Final));
            cache.RenderForCompletion(Conversation.Of(messages));
            Assert.Equal((2 * (turn + 1), turn * (turn + 1)), (cache.Statistics.Misses, cache.Statistics.Hits));
        }
        Assert.Equal(cache.Statistics.IdsEncoded, cache.Statistics.IdsHeld);
        Assert.Equal((100, 0), (cache.Statistics.Entries, cache.Statistics.Evictions));
    }

    [Fact]
    public void The_same_words_in_other_objects_are_known()
    {
        RenderCache cache = new(Encoding);
        Conversation conversation = Conversation.Of(Message.System(SystemContent.Default), Message.User("hi"), Message.User("hi"));
        string json = ConversationJson.Write(conversation);
        cache.RenderConversation(conversation);
        cache.RenderConversation(ConversationJson.Read(json));
        Assert.Equal((3, 3, 2), (cache.Statistics.Misses, cache.Statistics.Hits, cache.Statistics.Entries));
    }

    [Fact]
    public void A_system_message_depends_on_the_tools_around_it_and_a_text_does_not()
    {
        RenderCache cache = new(Encoding);
        Message system = Message.System(SystemContent.Default), user = Message.User("hi");
        Message tools = Message.Developer(new DeveloperContent().WithFunctions(new ToolDescription("f", "F.")));
        Conversation without = Conversation.Of(system, user), with = Conversation.Of(system, tools, user);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(Encoding.RenderConversation(without), cache.RenderConversation(without));
            Assert.Equal(Encoding.RenderConversation(with), cache.RenderConversation(with));
        }
        Assert.Equal((4, 6), (cache.Statistics.Misses, cache.Statistics.Hits));
    }

    [Fact]
    public void What_was_used_longest_ago_makes_room()
    {
        Conversation[] conversations = [.. Enumerable.Range(0, 4).Select(i => Conversation.Of(Message.User($"{i}")))];
        int one = Encoding.RenderConversation(conversations[0]).Length - 1;
        RenderCache cache = new(Encoding, 3 * one);
        foreach (int i in new[] { 0, 1, 2, 0, 3 })   // 3 takes the place of 1
            cache.RenderConversation(conversations[i]);
        Assert.Equal((4, 1, 1, 3), (cache.Statistics.Misses, cache.Statistics.Hits, cache.Statistics.Evictions, cache.Statistics.Entries));
        foreach (int i in new[] { 0, 2, 3 })
            cache.RenderConversation(conversations[i]);
        Assert.Equal((4, 4), (cache.Statistics.Misses, cache.Statistics.Hits));
        cache.RenderConversation(conversations[1]);
        Assert.Equal(5, cache.Statistics.Misses);
    }

    [Fact]
    public void Of_a_conversation_larger_than_the_cache_the_beginning_stays()
    {
        Conversation conversation = Conversation.Of(Enumerable.Range(0, 100).Select(i => Message.User($"{i}")));
        int one = Encoding.RenderMessage(conversation.Messages[0]).Length - 1;
        RenderCache cache = new(Encoding, 60 * one);
        for (int i = 0; i < 3; i++)
            cache.RenderConversation(conversation);
        Assert.Equal((120, 180, 0), (cache.Statistics.Hits, cache.Statistics.Misses, cache.Statistics.Evictions));
    }

    [Fact]
    public void A_message_that_no_longer_fits_evicts_nobody()
    {
        Conversation small = Conversation.Of(Message.User("a"), Message.User("b"));
        RenderCache cache = new(Encoding, 2 * (Encoding.RenderMessage(small.Messages[0]).Length - 1));
        cache.RenderConversation(small);
        cache.RenderConversation(Conversation.Of(Message.User("much more than the cache has room for")));
        cache.RenderConversation(small);
        Assert.Equal((2, 3, 0), (cache.Statistics.Hits, cache.Statistics.Misses, cache.Statistics.Evictions));
    }

    [Fact]
    public void A_message_without_a_rendered_form_leaves_nothing_written_and_nothing_kept()
    {
        RenderCache cache = new(Encoding);
        Conversation conversation = Conversation.Of(Message.User("hi"), new Message { Author = Role.Tool });
        ArrayBufferWriter<int> ids = new();
        Assert.Equal(1, Assert.Throws<HarmonyRenderException>(() => cache.RenderConversation(conversation, null, ids)).MessageIndex);
        Assert.Equal((0, 0), (ids.WrittenCount, cache.Statistics.Entries));
    }

    [Fact]
    public void A_cleared_cache_begins_anew()
    {
        RenderCache cache = new(Encoding);
        Conversation conversation = Conversation.Of(Message.User("hi"));
        cache.RenderConversation(conversation);
        cache.Clear();
        Assert.Equal((0, 0), (cache.Statistics.Entries, cache.Statistics.IdsHeld));
        Assert.Equal(Encoding.RenderConversation(conversation), cache.RenderConversation(conversation));
        Assert.Equal((2, 0), (cache.Statistics.Misses, cache.Statistics.Hits));
    }

    [Fact]
    public void Threads_may_share_it()
    {
        RenderCache cache = new(Encoding, 600);
        Conversation[] conversations = [.. Enumerable.Range(0, 8).Select(i => Conversation.Of(Enumerable.Range(i, 30).Select(n => Message.User($"message {n}"))))];
        int[][] expected = [.. conversations.Select(conversation => Encoding.RenderForCompletion(conversation))];
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            Assert.Equal(expected[i % 8], cache.RenderForCompletion(i % 3 == 0 ? Conversation.Of(conversations[i % 8].Messages.Select(message => message with { })) : conversations[i % 8])));
        RenderCacheStatistics statistics = cache.Statistics;
        Assert.Equal(400 * 30, statistics.Hits + statistics.Misses);
        Assert.InRange(statistics.IdsHeld, 0, 600);
    }
}
