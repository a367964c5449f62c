namespace Chorale.Grammar;

/// <summary>A parsed pattern. What it matches depends on the text around it only where <see cref="HasAssertion"/>.</summary>
abstract class RegexNode
{
    /// <summary>Matches the empty string.</summary>
    public static RegexNode Empty { get; } = new Sequence([]);

    /// <summary>Matches nothing.</summary>
    public static RegexNode Fail { get; } = new Characters(CharSet.Nothing);

    /// <summary>Whether an anchor, a boundary, a lookahead or a lookbehind is in it.</summary>
    public abstract bool HasAssertion { get; }

    /// <summary>Whether it may match without reading a character.</summary>
    public abstract bool IsNullable { get; }

    /// <summary>How many characters it has when bounded repetitions are written out.</summary>
    public abstract long Size { get; }

    /// <summary>The strings that it matches; only where it has no assertion.</summary>
    public abstract RegularExpression Language { get; }

    /// <summary>Those strings that it matches whose last character is in a set; only where it has no assertion.</summary>
    public abstract RegularExpression EndingIn(CharSet set);

    /// <summary>What it matches by reading at least one character.</summary>
    public abstract RegexNode Reading();

    /// <summary>What it matches without reading: assertions only.</summary>
    public abstract RegexNode NotReading();

    /// <summary>It and all the nodes in it.</summary>
    public virtual IEnumerable<RegexNode> Descendants() => [this];

    public static RegexNode Join(params IReadOnlyList<RegexNode> parts) => parts.Count == 1 ? parts[0] : new Sequence([.. parts]);

    public static RegexNode Either(params IReadOnlyList<RegexNode> options)
    {
        RegexNode[] possible = [.. options.Where(option => !ReferenceEquals(option, Fail))];
        return possible.Length == 0 ? Fail : possible.Length == 1 ? possible[0] : new Choice(possible);
    }

    /// <summary>One character out of a set.</summary>
    public sealed class Characters(CharSet members) : RegexNode
    {
        public CharSet Members => members;

        public override bool HasAssertion => false;

        public override bool IsNullable => false;

        public override long Size => 1;

        public override RegularExpression Language => RegularExpression.Set(Members);

        public override RegularExpression EndingIn(CharSet set) => RegularExpression.Set(Members.And(set));

        public override RegexNode Reading() => this;

        public override RegexNode NotReading() => Fail;
    }

    /// <summary>One after the other.</summary>
    public sealed class Sequence(RegexNode[] parts) : RegexNode
    {
        public RegexNode[] Parts => parts;

        public override bool HasAssertion { get; } = Array.Exists(parts, part => part.HasAssertion);

        public override bool IsNullable { get; } = Array.TrueForAll(parts, part => part.IsNullable);

        public override long Size { get; } = parts.Sum(part => part.Size);

        public override RegularExpression Language => RegularExpression.Concat([.. Parts.Select(part => part.Language)]);

        public override RegularExpression EndingIn(CharSet set)
        {
            List<RegularExpression> endings = [];
            for (int end = Parts.Length; end > 0; end--)
            {
                // The last character is read by the part before end; all parts from there on read nothing.
                RegularExpression before = RegularExpression.Concat([.. Parts[..(end - 1)].Select(part => part.Language)]);
                endings.Add(RegularExpression.Concat(before, Parts[end - 1].EndingIn(set)));
                if (!Parts[end - 1].IsNullable)
                    break;
            }
            return RegularExpression.Or(endings);
        }

        public override RegexNode Reading()
        {
            if (!IsNullable)
                return this;
            List<RegexNode> options = [];
            for (int first = 0; first < Parts.Length; first++)
                options.Add(Join([.. Parts[..first].Select(part => part.NotReading()), Parts[first].Reading(), .. Parts[(first + 1)..]]));
            return Either(options);
        }

        public override RegexNode NotReading() => IsNullable ? Join([.. Parts.Select(part => part.NotReading())]) : Fail;

        public override IEnumerable<RegexNode> Descendants() => Parts.SelectMany(part => part.Descendants()).Append(this);
    }

    /// <summary>One or the other.</summary>
    public sealed class Choice(RegexNode[] options) : RegexNode
    {
        public RegexNode[] Options => options;

        public override bool HasAssertion { get; } = Array.Exists(options, option => option.HasAssertion);

        public override bool IsNullable { get; } = Array.Exists(options, option => option.IsNullable);

        public override long Size { get; } = options.Sum(option => option.Size);

        public override RegularExpression Language => RegularExpression.Or(Options.Select(option => option.Language));

        public override RegularExpression EndingIn(CharSet set) => RegularExpression.Or(Options.Select(option => option.EndingIn(set)));

        public override RegexNode Reading() => Either([.. Options.Select(option => option.Reading())]);

        public override RegexNode NotReading() => Either([.. Options.Select(option => option.NotReading())]);

        public override IEnumerable<RegexNode> Descendants() => Options.SelectMany(option => option.Descendants()).Append(this);
    }

    /// <summary>The same several times.</summary>
    public sealed class Repeat(RegexNode body, int least, int most, int position) : RegexNode
    {
        public RegexNode Body => body;

        public int Least => least;

        /// <summary>Or <see cref="RegularExpression.Unbounded"/>.</summary>
        public int Most => most;

        /// <summary>Of its quantifier in the pattern, in UTF-16 units.</summary>
        public int Position => position;

        public override bool HasAssertion => Body.HasAssertion;

        public override bool IsNullable { get; } = least == 0 || body.IsNullable;

        public override long Size { get; } = body.Size * Math.Max(1, most == RegularExpression.Unbounded ? least : most);

        public override RegularExpression Language => RegularExpression.Repeat(Body.Language, Least, Most);

        public override RegularExpression EndingIn(CharSet set)
        {
            if (Most == 0)
                return RegularExpression.Nothing;
            return RegularExpression.Concat(RegularExpression.Repeat(Body.Language, Math.Max(Least - 1, 0), MostAfter(1)), Body.EndingIn(set));
        }

        public override RegexNode Reading()
        {
            if (Most == 0)
                return Fail;
            // Either the first round reads; or it only asserts, and may stand for as many rounds as there must be, and the next one reads.
            RegexNode all = Join(Body.Reading(), new Repeat(Body, Math.Max(Least - 1, 0), MostAfter(1), Position));
            return Least > 1 && Body.IsNullable
                ? Either(all, Join(Body.NotReading(), Body.Reading(), new Repeat(Body, 0, MostAfter(2), Position)))
                : all;
        }

        int MostAfter(int rounds) => Most == RegularExpression.Unbounded ? Most : Most - rounds;

        public override RegexNode NotReading() => Least == 0 ? Empty : Body.NotReading();

        public override IEnumerable<RegexNode> Descendants() => Body.Descendants().Append(this);
    }

    /// <summary>An assertion on what stands before.</summary>
    public sealed class After(CharSet members, bool isAtStart) : RegexNode
    {
        /// <summary>The character before may be one of these.</summary>
        public CharSet Members => members;

        /// <summary>There may be no character before.</summary>
        public bool IsAtStart => isAtStart;

        public override bool HasAssertion => true;

        public override bool IsNullable => true;

        public override long Size => 1;

        public override RegularExpression Language => throw new InvalidOperationException("An assertion is no language.");

        public override RegularExpression EndingIn(CharSet set) => throw new InvalidOperationException("An assertion is no language.");

        public override RegexNode Reading() => Fail;

        public override RegexNode NotReading() => this;
    }

    /// <summary>An assertion on what stands next.</summary>
    public sealed class Before(CharSet members, bool isAtEnd) : RegexNode
    {
        /// <summary>The next character may be one of these.</summary>
        public CharSet Members => members;

        /// <summary>There may be no character left.</summary>
        public bool IsAtEnd => isAtEnd;

        public override bool HasAssertion => true;

        public override bool IsNullable => true;

        public override long Size => 1;

        public override RegularExpression Language => throw new InvalidOperationException("An assertion is no language.");

        public override RegularExpression EndingIn(CharSet set) => throw new InvalidOperationException("An assertion is no language.");

        public override RegexNode Reading() => Fail;

        public override RegexNode NotReading() => this;
    }

    /// <summary>An assertion that a pattern matches from here, or does not.</summary>
    public sealed class Lookahead(RegexNode body, bool isNegated) : RegexNode
    {
        public RegexNode Body => body;

        public bool IsNegated => isNegated;

        public override bool HasAssertion => true;

        public override bool IsNullable => true;

        public override long Size => Body.Size;

        public override RegularExpression Language => throw new InvalidOperationException("An assertion is no language.");

        public override RegularExpression EndingIn(CharSet set) => throw new InvalidOperationException("An assertion is no language.");

        public override RegexNode Reading() => Fail;

        public override RegexNode NotReading() => this;

        public override IEnumerable<RegexNode> Descendants() => Body.Descendants().Append(this);
    }
}
