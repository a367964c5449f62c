using System.Text;
using System.Text.Json;

namespace Chorale.Grammar.Tests;

public class SuiteInstanceTests
{
    readonly TokenPool _pool = TokenPool.O200k;
    readonly ulong[] _mask = TokenPool.O200k.CreateMask();

    [Theory, MemberData(nameof(SuiteSchema.Ids), MemberType = typeof(SuiteSchema))]
    public void A_valid_instance_is_accepted_however_it_is_cut_into_tokens(string id)
    {
        SuiteSchema schema = SuiteSchema.Find(id);
        CompiledGrammar grammar = schema.Compile(_pool.Vocabulary);
        Random random = new(Seed(id));
        foreach (JsonElement instance in schema.Valid)
        {
            byte[] text = schema.Write(instance);
            AssertAccepts(grammar, text, _pool.Vocabulary.Tokenizer.EncodeUtf8(text), maskEvery: 1);
            AssertAccepts(grammar, text, _pool.SplitIntoBytes(text), maskEvery: 7);
            AssertAccepts(grammar, text, _pool.Split(text, random), maskEvery: 3);
            AssertAccepts(grammar, text, _pool.Split(text, random), maskEvery: 3);
        }
    }

    [Theory, MemberData(nameof(SuiteSchema.Ids), MemberType = typeof(SuiteSchema))]
    public void A_valid_instance_is_accepted_whatever_the_white_space_policy(string id)
    {
        SuiteSchema schema = SuiteSchema.Find(id);
        foreach (JsonElement instance in schema.Valid)
        {
            byte[] text = schema.Write(instance);
            Assert.True(Accepts(schema.Compile(_pool.Vocabulary, JsonWhitespace.Spaced), text), Encoding.UTF8.GetString(text));
            Assert.True(Accepts(schema.Compile(_pool.Vocabulary, JsonWhitespace.Flexible), text), Encoding.UTF8.GetString(text));
        }
    }

    [Theory, MemberData(nameof(SuiteSchema.Ids), MemberType = typeof(SuiteSchema))]
    public void An_invalid_instance_is_refused(string id)
    {
        SuiteSchema schema = SuiteSchema.Find(id);
        CompiledGrammar grammar = schema.Compile(_pool.Vocabulary);
        foreach (JsonElement instance in schema.Invalid)
        {
            byte[] text = schema.Write(instance);
            Assert.False(Accepts(grammar, text), Encoding.UTF8.GetString(text));
        }
    }

    static int Seed(string id) => id.Aggregate(17, (seed, c) => unchecked((seed * 31) + c));

    bool Accepts(CompiledGrammar grammar, byte[] text)
    {
        GrammarMatcher matcher = grammar.CreateMatcher();
        return _pool.Vocabulary.Tokenizer.EncodeUtf8(text).All(matcher.TryAccept) && matcher.CanEnd;
    }

    void AssertAccepts(CompiledGrammar grammar, byte[] text, IReadOnlyList<int> ids, int maskEvery)
    {
        GrammarMatcher matcher = grammar.CreateMatcher();
        for (int i = 0; i < ids.Count; i++)
        {
            if (i % maskEvery == 0)
            {
                Assert.True(matcher.FillMask(_mask) && TokenPool.Has(_mask, ids[i]), $"The mask lacks {What()}");
            }
            Assert.True(matcher.TryAccept(ids[i]), $"Not accepted: {What()}");

            string What() => $"'{Encoding.UTF8.GetString(_pool.BytesOf(ids[i]))}' after '{_pool.Vocabulary.Tokenizer.DecodeLossy([.. ids.Take(i)])}' of {Encoding.UTF8.GetString(text)}";
        }
        Assert.True(matcher.CanEnd, $"May not end: {Encoding.UTF8.GetString(text)}");
    }
}
