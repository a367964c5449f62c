using System.Buffers;

namespace Chorale.Grammar.Tests;

/// <summary>Lets chance write a document, under the masks of a grammar, as a model does that has learnt nothing.</summary>
sealed class MaskWalk(TokenPool pool, Random random)
{
    readonly ulong[] _mask = pool.CreateMask();

    /// <summary>What was written last.</summary>
    public ArrayBufferWriter<byte> Text { get; } = new();

    /// <summary>Its ids.</summary>
    public List<int> Ids { get; } = [];

    /// <summary>Writes a document of about so many ids: then its shortest completion follows.</summary>
    /// <returns>What went wrong; null where nothing did.</returns>
    public string? Write(GrammarMatcher matcher, int limit)
    {
        Begin();
        while (Ids.Count < limit)
        {
            bool goesOn = matcher.FillMask(_mask);
            if (Problem(matcher, goesOn) is { } problem)
                return problem;
            if (!goesOn || (matcher.CanEnd && random.Next(4) == 0))
                return null;
            int id = pool.Draw(_mask, Text.WrittenSpan, random);
            if (id < 0)
                break;
            if (!Accept(matcher, id))
                return $"id {id} of the mask was not accepted";
        }
        return Complete(matcher);
    }

    /// <summary>Writes a document in no more ids than a budget, which must suffice for the shortest.</summary>
    /// <returns>What went wrong; null where nothing did.</returns>
    public string? WriteWithin(GrammarMatcher matcher, int budget)
    {
        Begin();
        while (true)
        {
            bool goesOn = matcher.FillMask(_mask, budget);
            if (!goesOn && !matcher.CanEnd)
                return $"with {budget} ids left nothing may follow, and the text cannot end";
            if (!goesOn || (matcher.CanEnd && random.Next(8) == 0))
                return null;
            if (budget == 0)
                return "the budget is used up, and more may follow";
            int id = pool.Draw(_mask, Text.WrittenSpan, random);
            if (id < 0)
                return Complete(matcher);
            if (!Accept(matcher, id))
                return $"id {id} of the mask was not accepted";
            budget--;
            if (matcher.CompletionLength > budget)
                return $"an id was allowed after which {matcher.CompletionLength} are needed, and {budget} are left";
        }
    }

    string? Complete(GrammarMatcher matcher)
    {
        List<int> completion = [];
        int length = matcher.CompletionLength;
        matcher.AppendCompletion(completion);
        if (completion.Count != length)
            return $"a completion of {length} ids has {completion.Count}";
        foreach (int id in completion)
            if (!Accept(matcher, id))
                return $"id {id} of the completion was not accepted";
        return matcher.CanEnd ? null : "the completion does not complete";
    }

    void Begin()
    {
        Text.Clear();
        Ids.Clear();
    }

    bool Accept(GrammarMatcher matcher, int id)
    {
        Ids.Add(id);
        Text.Write(pool.BytesOf(id));
        return matcher.TryAccept(id);
    }

    string? Problem(GrammarMatcher matcher, bool goesOn) =>
        goesOn != _mask.AsSpan().ContainsAnyExcept(0UL) ? "what FillMask says and what it fills differ"
        : !goesOn && !matcher.CanEnd ? "nothing may follow, and the text cannot end"
        : pool.HasSpecial(_mask) ? "a special token is allowed"
        : null;
}
