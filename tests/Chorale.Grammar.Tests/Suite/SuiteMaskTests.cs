using System.Text.Json;
using Chorale.Tokenization;

namespace Chorale.Grammar.Tests;

public class SuiteMaskTests
{
    [Theory, MemberData(nameof(SuiteSchema.Ids), MemberType = typeof(SuiteSchema))]
    public void A_mask_allows_what_is_accepted_and_nothing_else(string id)
    {
        SuiteSchema schema = SuiteSchema.Find(id);
        TokenPool pool = TokenPool.Small;
        ulong[] mask = pool.CreateMask();
        foreach (JsonElement instance in schema.Valid.Take(2))
        {
            GrammarMatcher matcher = schema.Compile(pool.Vocabulary).CreateMatcher();
            int[] ids = pool.Vocabulary.Tokenizer.EncodeUtf8(schema.Write(instance));
            int step = Math.Max(1, ids.Length / 8);
            for (int i = 0; i <= ids.Length; i++)
            {
                if (i % step == 0 || i == ids.Length)
                {
                    Assert.Equal(matcher.CanEnd && !Enumerable.Range(0, pool.Vocabulary.Tokenizer.VocabularySize).Any(matcher.Allows), !matcher.FillMask(mask));
                    for (int other = 0; other < pool.Vocabulary.Tokenizer.VocabularySize; other++)
                        Assert.True(TokenPool.Has(mask, other) == Tries(matcher, other), $"id {other} after {i} ids of {instance}");
                }
                Assert.True(i == ids.Length || matcher.TryAccept(ids[i]));
            }
        }
    }

    [Theory, MemberData(nameof(SuiteSchema.Ids), MemberType = typeof(SuiteSchema))]
    public void A_mask_over_all_of_o200k_allows_what_is_accepted(string id)
    {
        SuiteSchema schema = SuiteSchema.Find(id);
        TokenPool pool = TokenPool.O200k;
        Random random = new(id.Length);
        ulong[] mask = pool.CreateMask();
        GrammarMatcher matcher = schema.Compile(pool.Vocabulary).CreateMatcher();
        int[] ids = pool.Vocabulary.Tokenizer.EncodeUtf8(schema.Write(schema.Valid[^1]));
        int step = Math.Max(1, ids.Length / 4);
        for (int i = 0; i < ids.Length; i++)
        {
            if (i % step == 0)
            {
                matcher.FillMask(mask);
                for (int trial = 0; trial < 60; trial++)
                {
                    int any = random.Next(pool.Vocabulary.Tokenizer.VocabularySize);
                    Assert.True(TokenPool.Has(mask, any) == Tries(matcher, any), $"id {any} after {i} ids of {id}");
                    int allowed = pool.Draw(mask, [], random);
                    Assert.True(Tries(matcher, allowed), $"id {allowed} after {i} ids of {id}");
                }
            }
            Assert.True(matcher.TryAccept(ids[i]));
        }
    }

    [Theory, MemberData(nameof(SuiteSchema.Ids), MemberType = typeof(SuiteSchema))]
    public void Going_back_and_copies_give_the_masks_that_were_given_before(string id)
    {
        SuiteSchema schema = SuiteSchema.Find(id);
        TokenPool pool = TokenPool.Small;
        Random random = new(id.Length);
        GrammarMatcher matcher = schema.Compile(pool.Vocabulary).CreateMatcher();
        List<ulong[]> masks = [Mask(matcher)];
        List<int> ids = [];
        for (int turn = 0; turn < 60; turn++)
        {
            GrammarMatcher copy = matcher.Clone();
            if (random.Next(4) == 0)
            {
                int count = random.Next(ids.Count + 1);
                matcher.Rollback(count);
                Assert.Equal(ids.Count, copy.Count);
                Assert.Equal(masks[^1], Mask(copy));
                ids.RemoveRange(ids.Count - count, count);
                masks.RemoveRange(masks.Count - count, count);
            }
            else if (masks[^1].AsSpan().ContainsAnyExcept(0UL))
            {
                ids.Add(pool.Draw(masks[^1], [], random));
                Assert.True(copy.TryAccept(ids[^1]));
                Assert.Equal(masks[^1], Mask(matcher));
                Assert.True(matcher.TryAccept(ids[^1]));
                masks.Add(Mask(matcher));
                Assert.Equal(masks[^1], Mask(copy));
                Assert.Equal((matcher.CanEnd, matcher.IsComplete, matcher.CompletionLength), (copy.CanEnd, copy.IsComplete, copy.CompletionLength));
            }
            Assert.Equal(ids.Count, matcher.Count);
            Assert.Equal(masks[^1], Mask(matcher));
        }

        ulong[] Mask(GrammarMatcher of)
        {
            ulong[] mask = pool.CreateMask();
            of.FillMask(mask);
            return mask;
        }
    }

    [Theory, MemberData(nameof(SuiteSchema.Ids), MemberType = typeof(SuiteSchema))]
    public void Forced_ids_are_those_of_the_whole_text_as_the_tokenizer_cuts_it(string id)
    {
        SuiteSchema schema = SuiteSchema.Find(id);
        foreach (TokenPool pool in new[] { TokenPool.O200k, TokenPool.Small })
        {
            Tokenizer tokenizer = pool.Vocabulary.Tokenizer;
            foreach (JsonElement instance in schema.Valid.Take(3))
            {
                GrammarMatcher matcher = schema.Compile(pool.Vocabulary).CreateMatcher();
                int[] ids = tokenizer.EncodeUtf8(schema.Write(instance));
                for (int i = 0; i < ids.Length; i++)
                {
                    List<int> forced = [];
                    matcher.AppendForced(forced);
                    Assert.True(forced.SequenceEqual(ids.Skip(i).Take(forced.Count)), $"'{tokenizer.DecodeLossy([.. forced])}' is forced after '{tokenizer.DecodeLossy(ids.AsSpan(0, i))}'");
                    Assert.True(matcher.TryAccept(ids[i]));
                }
            }
        }
    }

    [Fact]
    public void Some_of_the_ids_of_documents_are_forced()
    {
        Tokenizer tokenizer = TokenPool.O200k.Vocabulary.Tokenizer;
        (int forcedCount, int count) = (0, 0);
        List<int> forced = [];
        foreach (SuiteSchema schema in SuiteSchema.All)
        {
            GrammarMatcher matcher = schema.Compile(TokenPool.O200k.Vocabulary).CreateMatcher();
            foreach (int id in tokenizer.EncodeUtf8(schema.Write(schema.Valid[0])))
            {
                forced.Clear();
                matcher.AppendForced(forced);
                forcedCount += forced.Count > 0 ? 1 : 0;
                count++;
                Assert.True(matcher.TryAccept(id));
            }
        }
        Assert.True(forcedCount >= count / 5, $"{forcedCount} of {count}");
    }

    static bool Tries(GrammarMatcher matcher, int id)
    {
        bool accepted = matcher.TryAccept(id);
        if (accepted)
            matcher.Rollback(1);
        Assert.Equal(accepted, matcher.Allows(id));
        return accepted;
    }
}
