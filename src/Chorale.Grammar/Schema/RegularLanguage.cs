namespace Chorale.Grammar;

/// <summary>Questions about regular languages that take a search through their derivatives.</summary>
static class RegularLanguage
{
    const int MostStates = 3000;

    /// <summary>Whether a language is known to be empty: true only where no string is in it; false also where the search would take too long.</summary>
    public static bool IsEmpty(RegularExpression language)
    {
        HashSet<RegularExpression> seen = [language];
        Stack<RegularExpression> open = new();
        open.Push(language);
        while (open.TryPop(out RegularExpression? state))
        {
            if (ReferenceEquals(state, RegularExpression.Nothing))
                continue;
            if (state.IsNullable || state.IsPlain)
                return false;
            foreach (CharSet set in Classes(state))
            {
                RegularExpression next = state.Derivative(set.Ranges[0].First);
                if (seen.Add(next))
                    open.Push(next);
            }
            if (seen.Count > MostStates)
                return false;
        }
        return true;
    }

    /// <summary>All strings of a language, in no special order; null where they are more than a limit, or too many to search for.</summary>
    public static List<string>? Enumerate(RegularExpression language, int limit)
    {
        const int mostCharacters = 100, mostSteps = 2000;
        List<string> found = [];
        int steps = 0;
        return Visit(language, "") ? found : null;

        bool Visit(RegularExpression state, string prefix)
        {
            if (state.IsNullable)
                found.Add(prefix);
            if (found.Count > limit || ++steps > mostSteps)
                return false;
            foreach (CharSet set in Classes(state))
            {
                RegularExpression next = state.Derivative(set.Ranges[0].First);
                if (ReferenceEquals(next, RegularExpression.Nothing) || IsEmpty(next))
                    continue;
                if (set.Count > limit || prefix.Length >= mostCharacters)
                    return false;
                foreach ((int first, int last) in set.Ranges)
                {
                    for (int scalar = first; scalar <= last; scalar++)
                    {
                        if (!Visit(next, prefix + char.ConvertFromUtf32(scalar)))
                            return false;
                    }
                }
            }
            return true;
        }
    }

    /// <summary>A partition of all characters, finer than need be, so that those of one part have the same derivative.</summary>
    static List<CharSet> Classes(RegularExpression language)
    {
        HashSet<CharSet> sets = [];
        language.CollectSets(sets);
        List<CharSet> classes = [CharSet.All];
        foreach (CharSet set in sets)
        {
            int count = classes.Count;
            for (int i = 0; i < count; i++)
            {
                CharSet inside = classes[i].And(set);
                if (inside.IsEmpty || inside.Equals(classes[i]))
                    continue;
                classes.Add(classes[i].Without(set));
                classes[i] = inside;
            }
        }
        return classes;
    }
}
