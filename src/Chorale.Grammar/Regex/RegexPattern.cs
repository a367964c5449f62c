namespace Chorale.Grammar;

static class RegexPattern
{
    public static RegularExpression Search(string pattern)
    {
        bool start = pattern.StartsWith('^'), end = pattern.EndsWith('$');
        string middle = pattern[(start ? 1 : 0)..(end ? pattern.Length - 1 : pattern.Length)];
        List<RegularExpression> parts = start ? [] : [RegularExpression.Anything];
        for (int i = 0; i < middle.Length; i++)
        {
            RegularExpression atom;
            if (middle[i] == '[')
            {
                int close = middle.IndexOf(']', i);
                List<(int, int)> ranges = [];
                for (int j = i + 1; j < close; j++)
                {
                    if (j + 2 < close && middle[j + 1] == '-')
                    {
                        ranges.Add((middle[j], middle[j + 2]));
                        j += 2;
                    }
                    else
                    {
                        ranges.Add((middle[j], middle[j]));
                    }
                }
                atom = RegularExpression.Set(CharSet.Union(ranges));
                i = close;
            }
            else if (middle[i] == '.')
            {
                atom = RegularExpression.AnyCharacter;
            }
            else if ("(|)\\".Contains(middle[i], StringComparison.Ordinal))
            {
                throw new GrammarSyntaxException(1, i + 1, "stand-in");
            }
            else
            {
                atom = RegularExpression.Literal(middle[i].ToString());
            }
            if (i + 1 < middle.Length && "*+?".Contains(middle[i + 1], StringComparison.Ordinal))
                atom = RegularExpression.Repeat(atom, middle[++i] == '+' ? 1 : 0, middle[i] == '?' ? 1 : RegularExpression.Unbounded);
            parts.Add(atom);
        }
        if (!end)
            parts.Add(RegularExpression.Anything);
        return RegularExpression.Concat([.. parts]);
    }
}
