using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Chorale.Grammar;

/// <summary>A regular language over Unicode scalar values: a regular expression that also has intersection and complement.</summary>
/// <remarks>
/// Immutable, and equal by structure. Matching is by derivatives (Brzozowski 1964): <see cref="Derivative"/> by a character is the language of what may follow it.
/// The constructors simplify, so that there are finitely many derivatives, and few (Owens, Reppy and Turon 2009).
/// </remarks>
abstract class RegularExpression : IEquatable<RegularExpression>
{
    /// <summary>Stands for no upper bound of a repetition.</summary>
    public const int Unbounded = int.MaxValue;

    static readonly RegularExpression[] Ascii = [.. Enumerable.Range(0, 128).Select(scalar => new Characters(CharSet.Of(scalar)))];

    readonly int _hash;

    private protected RegularExpression(int hash, bool isNullable, bool isPlain, int longest = Unbounded) =>
        (_hash, IsNullable, IsPlain, Longest) = (hash, isNullable, isPlain, longest);

    /// <summary>The empty language.</summary>
    public static RegularExpression Nothing { get; } = new Alternatives([]);

    /// <summary>The empty string alone.</summary>
    public static RegularExpression Empty { get; } = new Epsilon();

    /// <summary>One character, whichever.</summary>
    public static RegularExpression AnyCharacter { get; } = new Characters(CharSet.All);

    /// <summary>Every string.</summary>
    public static RegularExpression Anything { get; } = new Repetition(AnyCharacter, 0, Unbounded);

    /// <summary>Whether the empty string is in it.</summary>
    public bool IsNullable { get; }

    /// <summary>Whether it is made of characters, concatenation, alternatives and repetition only. Such a language is empty only if it is <see cref="Nothing"/>.</summary>
    public bool IsPlain { get; }

    /// <summary>No string in it is longer; <see cref="Unbounded"/> where that is not known.</summary>
    public int Longest { get; }

    /// <summary>One character out of a set.</summary>
    public static RegularExpression Set(CharSet set) => set.IsEmpty ? Nothing : set.Equals(CharSet.All) ? AnyCharacter : new Characters(set);

    /// <summary>One character.</summary>
    public static RegularExpression Character(int scalar) => scalar < Ascii.Length ? Ascii[scalar] : Set(CharSet.Of(scalar));

    /// <summary>One string.</summary>
    public static RegularExpression Literal(string text)
    {
        RegularExpression result = Empty;
        foreach (int scalar in text.EnumerateRunes().Select(rune => rune.Value).Reverse())
            result = Concat(Character(scalar), result);
        return result;
    }

    /// <summary>Any of these strings, as a tree of their characters, so that a derivative costs no more than the branches at one place.</summary>
    public static RegularExpression Strings(params IEnumerable<string> texts) =>
        Tree([.. texts.Select(text => text.EnumerateRunes().Select(rune => rune.Value).ToArray())], 0);

    public static RegularExpression Concat(RegularExpression first, RegularExpression second)
    {
        if (ReferenceEquals(first, Nothing) || ReferenceEquals(second, Nothing))
            return Nothing;
        if (ReferenceEquals(first, Empty))
            return second;
        if (ReferenceEquals(second, Empty))
            return first;
        if (first is not Concatenation)
            return new Concatenation(first, second);
        // A chain leans to the right, and may be as long as a text.
        List<RegularExpression> heads = [];
        for (; first is Concatenation { First: var head, Second: var tail }; first = tail)
            heads.Add(head);
        RegularExpression result = new Concatenation(first, second);
        for (int i = heads.Count - 1; i >= 0; i--)
            result = new Concatenation(heads[i], result);
        return result;
    }

    public static RegularExpression Concat(params ReadOnlySpan<RegularExpression> parts)
    {
        RegularExpression result = Empty;
        for (int i = parts.Length - 1; i >= 0; i--)
            result = Concat(parts[i], result);
        return result;
    }

    public static RegularExpression Or(params IEnumerable<RegularExpression> parts) => Combine(parts, isUnion: true);

    public static RegularExpression And(params IEnumerable<RegularExpression> parts) => Combine(parts, isUnion: false);

    public static RegularExpression Not(RegularExpression inner) =>
        inner is Negation negation ? negation.Inner
        : ReferenceEquals(inner, Nothing) ? Anything
        : inner.Equals(Anything) ? Nothing
        : new Negation(inner);

    public static RegularExpression Optional(RegularExpression inner) => Or(Empty, inner);

    /// <summary>At least <paramref name="least"/> and at most <paramref name="most"/> times, one after the other.</summary>
    public static RegularExpression Repeat(RegularExpression inner, int least, int most = Unbounded)
    {
        if (most < least)
            return Nothing;
        if (most == 0 || ReferenceEquals(inner, Empty))
            return Empty;
        if (ReferenceEquals(inner, Nothing))
            return least == 0 ? Empty : Nothing;
        if (least == 1 && most == 1)
            return inner;
        if (inner.IsNullable)
            least = 0;
        if (inner is Repetition { Least: 0, Most: Unbounded })
            return inner;
        return new Repetition(inner, least, most);
    }

    /// <summary>
    /// Decimal numbers without sign, <c>digits</c> or <c>digits.digits</c>, that are multiples of <c>divisor / 10^scale</c>. The digits are not checked for more than that:
    /// to be met with the spelling that is wanted.
    /// </summary>
    /// <param name="divisor">In [1, 10^9].</param>
    /// <param name="scale">Digits behind the point that the divisor has, in [0, 18].</param>
    public static RegularExpression MultipleOf(long divisor, int scale) => new Multiple(divisor, scale, 0, Multiple.WholePart);

    /// <summary>What may follow a character; <see cref="Nothing"/> where it cannot stand here.</summary>
    public abstract RegularExpression Derivative(int scalar);

    /// <summary>Gathers the sets of characters in it: characters that are in the same of these sets have the same derivatives, here and in all derivatives.</summary>
    public abstract void CollectSets(ISet<CharSet> sets);

    /// <summary>Whether a string is in it.</summary>
    public bool Accepts(string text)
    {
        RegularExpression rest = this;
        foreach (Rune rune in text.EnumerateRunes())
            rest = rest.Derivative(rune.Value);
        return rest.IsNullable;
    }

    public bool Equals([NotNullWhen(true)] RegularExpression? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || _hash != other._hash || GetType() != other.GetType())
            return false;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return IsSame(other);
    }

    public override bool Equals(object? obj) => Equals(obj as RegularExpression);

    public override int GetHashCode() => _hash;

    /// <summary>Compares with one of the same type and hash.</summary>
    protected abstract bool IsSame(RegularExpression other);

    static RegularExpression Tree(List<int[]> texts, int depth)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (texts.Count == 0)
            return Nothing;
        int common = texts[0].Length;
        foreach (int[] text in texts)
            common = depth + text.AsSpan(depth).CommonPrefixLength(texts[0].AsSpan(depth, common - depth));
        RegularExpression branches = texts.TrueForAll(text => text.Length == common) ? Empty
            : Or(texts.Where(text => text.Length > common)
                .GroupBy(text => text[common])
                .Select(group => Tree([.. group], common))
                .Append(texts.Exists(text => text.Length == common) ? Empty : Nothing));
        for (int i = common - 1; i >= depth; i--)
            branches = Concat(Character(texts[0][i]), branches);
        return branches;
    }

    static RegularExpression Combine(IEnumerable<RegularExpression> parts, bool isUnion)
    {
        RegularExpression neutral = isUnion ? Nothing : Anything, absorbing = isUnion ? Anything : Nothing;
        HashSet<RegularExpression> distinct = [];
        CharSet? set = null;
        Dictionary<RegularExpression, List<Repetition>>? repetitions = null;
        foreach (RegularExpression part in Flatten(parts, isUnion))
        {
            if (part.Equals(absorbing))
                return absorbing;
            if (part.Equals(neutral))
                continue;
            if (part is Characters characters)
                set = set is null ? characters.Members : isUnion ? set.Or(characters.Members) : set.And(characters.Members);
            else if (part is Repetition repetition && (isUnion || repetition.Inner is Characters))
                AddRepetition(ref repetitions, repetition);
            else
                distinct.Add(part);
        }
        if (set is not null)
            distinct.Add(Set(set));
        if (repetitions is not null)
        {
            foreach (List<Repetition> list in repetitions.Values)
                distinct.UnionWith(Merge(list, isUnion));
        }
        if (!isUnion && distinct.Contains(Nothing))
            return Nothing;
        distinct.Remove(neutral);
        if (distinct.Contains(Empty))
        {
            if (!isUnion)
                return distinct.All(part => part.IsNullable) ? Empty : Nothing;
            if (distinct.Any(part => part.IsNullable && !ReferenceEquals(part, Empty)))
                distinct.Remove(Empty);
        }
        if (distinct.Count <= 1)
            return distinct.Count == 0 ? neutral : distinct.Single();
        if (distinct.Any(part => part is Negation negation && distinct.Contains(negation.Inner)))
            return absorbing;
        RegularExpression[] sorted = [.. distinct];
        Array.Sort(sorted, static (a, b) => a._hash.CompareTo(b._hash));
        return isUnion ? new Alternatives(sorted) : new Intersection(sorted);
    }

    static IEnumerable<RegularExpression> Flatten(IEnumerable<RegularExpression> parts, bool isUnion)
    {
        foreach (RegularExpression part in parts)
        {
            RegularExpression[]? inner = isUnion ? (part as Alternatives)?.Parts : (part as Intersection)?.Parts;
            if (inner is null)
            {
                yield return part;
                continue;
            }
            foreach (RegularExpression nested in inner)
                yield return nested;
        }
    }

    static void AddRepetition(ref Dictionary<RegularExpression, List<Repetition>>? repetitions, Repetition repetition)
    {
        repetitions ??= [];
        if (repetitions.TryGetValue(repetition.Inner, out List<Repetition>? list))
            list.Add(repetition);
        else
            repetitions.Add(repetition.Inner, [repetition]);
    }

    /// <summary>Repetitions of the same: counts that meet are joined, and of one character, where a count is a length, they are intersected.</summary>
    static IEnumerable<RegularExpression> Merge(List<Repetition> list, bool isUnion)
    {
        if (list.Count == 1)
            return list;
        if (!isUnion)
            return [Repeat(list[0].Inner, list.Max(r => r.Least), list.Min(r => r.Most))];
        list.Sort(static (a, b) => a.Least.CompareTo(b.Least));
        List<Repetition> joined = [list[0]];
        foreach (Repetition next in list.Skip(1))
        {
            Repetition last = joined[^1];
            if (last.Most == Unbounded || next.Least <= last.Most + 1)
                joined[^1] = new(last.Inner, last.Least, Math.Max(last.Most, next.Most));
            else
                joined.Add(next);
        }
        return joined.Select(r => Repeat(r.Inner, r.Least, r.Most));
    }

    static int HashOf(int kind, RegularExpression[] parts)
    {
        HashCode hash = default;
        hash.Add(kind);
        foreach (RegularExpression part in parts)
            hash.Add(part._hash);
        return hash.ToHashCode();
    }

    static bool SameParts(RegularExpression[] a, RegularExpression[] b)
    {
        if (a.Length != b.Length)
            return false;
        for (int i = 0; i < a.Length; i++)
        {
            // Equal hashes of different parts may stand in either order.
            if (!a[i].Equals(b[i]) && !Array.Exists(b, part => part.Equals(a[i])))
                return false;
        }
        return true;
    }

    public sealed class Epsilon() : RegularExpression(1, isNullable: true, isPlain: true, longest: 0)
    {
        public override RegularExpression Derivative(int scalar) => Nothing;

        public override void CollectSets(ISet<CharSet> sets)
        {
        }

        public override string ToString() => "()";

        protected override bool IsSame(RegularExpression other) => true;
    }

    public sealed class Characters(CharSet members) : RegularExpression(HashCode.Combine(2, members), isNullable: false, isPlain: true, longest: 1)
    {
        public CharSet Members => members;

        public override RegularExpression Derivative(int scalar) => Members.Contains(scalar) ? Empty : Nothing;

        public override void CollectSets(ISet<CharSet> sets) => sets.Add(Members);

        public override string ToString() => Members.ToString();

        protected override bool IsSame(RegularExpression other) => Members.Equals(((Characters)other).Members);
    }

    public sealed class Concatenation(RegularExpression first, RegularExpression second)
        : RegularExpression(HashCode.Combine(3, first, second), first.IsNullable && second.IsNullable, first.IsPlain && second.IsPlain, (int)Math.Min((long)first.Longest + second.Longest, Unbounded))
    {
        public RegularExpression First => first;

        public RegularExpression Second => second;

        public override RegularExpression Derivative(int scalar)
        {
            RegularExpression one = Concat(First.Derivative(scalar), Second);
            return First.IsNullable ? Or(one, Second.Derivative(scalar)) : one;
        }

        public override void CollectSets(ISet<CharSet> sets)
        {
            RegularExpression rest = this;
            for (; rest is Concatenation { First: var head, Second: var tail }; rest = tail)
                head.CollectSets(sets);
            rest.CollectSets(sets);
        }

        public override string ToString()
        {
            StringBuilder text = new();
            RegularExpression rest = this;
            for (; rest is Concatenation { First: var head, Second: var tail }; rest = tail)
                text.Append(head);
            return text.Append(rest).ToString();
        }

        protected override bool IsSame(RegularExpression other)
        {
            // Long texts are long chains: no recursion along them.
            (RegularExpression a, RegularExpression b) = (this, other);
            while (a is Concatenation { First: var firstA, Second: var restA } && b is Concatenation { First: var firstB, Second: var restB })
            {
                if (!firstA.Equals(firstB))
                    return false;
                if (ReferenceEquals(restA, restB))
                    return true;
                (a, b) = (restA, restB);
            }
            return a.Equals(b);
        }
    }

    public sealed class Alternatives(RegularExpression[] parts)
        : RegularExpression(HashOf(4, parts), Array.Exists(parts, part => part.IsNullable), Array.TrueForAll(parts, part => part.IsPlain), parts.Length == 0 ? 0 : parts.Max(part => part.Longest))
    {
        public RegularExpression[] Parts => parts;

        public override RegularExpression Derivative(int scalar) => Or(Parts.Select(part => part.Derivative(scalar)));

        public override void CollectSets(ISet<CharSet> sets)
        {
            foreach (RegularExpression part in Parts)
                part.CollectSets(sets);
        }

        public override string ToString() => Parts.Length == 0 ? "∅" : $"({string.Join('|', (object[])Parts)})";

        protected override bool IsSame(RegularExpression other) => SameParts(Parts, ((Alternatives)other).Parts);
    }

    public sealed class Intersection(RegularExpression[] parts) : RegularExpression(HashOf(5, parts), Array.TrueForAll(parts, part => part.IsNullable), isPlain: false, parts.Min(part => part.Longest))
    {
        public RegularExpression[] Parts => parts;

        public override RegularExpression Derivative(int scalar) => And(Parts.Select(part => part.Derivative(scalar)));

        public override void CollectSets(ISet<CharSet> sets)
        {
            foreach (RegularExpression part in Parts)
                part.CollectSets(sets);
        }

        public override string ToString() => $"({string.Join('&', (object[])Parts)})";

        protected override bool IsSame(RegularExpression other) => SameParts(Parts, ((Intersection)other).Parts);
    }

    public sealed class Negation(RegularExpression inner) : RegularExpression(HashCode.Combine(6, inner), !inner.IsNullable, isPlain: false)
    {
        public RegularExpression Inner => inner;

        public override RegularExpression Derivative(int scalar) => Not(Inner.Derivative(scalar));

        public override void CollectSets(ISet<CharSet> sets) => Inner.CollectSets(sets);

        public override string ToString() => $"~{Inner}";

        protected override bool IsSame(RegularExpression other) => Inner.Equals(((Negation)other).Inner);
    }

    public sealed class Repetition(RegularExpression inner, int least, int most)
        : RegularExpression(HashCode.Combine(7, inner, least, most), least == 0 || inner.IsNullable, inner.IsPlain, most == Unbounded || inner.Longest == Unbounded ? Unbounded : (int)Math.Min((long)most * inner.Longest, Unbounded))
    {
        public RegularExpression Inner => inner;

        public int Least => least;

        public int Most => most;

        public override RegularExpression Derivative(int scalar) =>
            Concat(Inner.Derivative(scalar), Repeat(Inner, Math.Max(Least - 1, 0), Most == Unbounded ? Unbounded : Most - 1));

        public override void CollectSets(ISet<CharSet> sets) => Inner.CollectSets(sets);

        public override string ToString() => $"{Inner}{{{Least},{(Most == Unbounded ? "" : Most)}}}";

        protected override bool IsSame(RegularExpression other) =>
            other is Repetition repetition && Least == repetition.Least && Most == repetition.Most && Inner.Equals(repetition.Inner);
    }

    /// <summary>What may follow a part of a decimal number so that the whole is a multiple of divisor / 10^scale.</summary>
    sealed class Multiple(long divisor, int scale, long remainder, int placesLeft)
        : RegularExpression(HashCode.Combine(8, divisor, scale, remainder, placesLeft), IsMultiple(divisor, remainder, placesLeft == WholePart ? scale : placesLeft), isPlain: false)
    {
        /// <summary>Stands for the digits before the point.</summary>
        public const int WholePart = -1;

        readonly long _divisor = divisor, _remainder = remainder;
        readonly int _scale = scale, _placesLeft = placesLeft;

        public override RegularExpression Derivative(int scalar)
        {
            if (scalar == '.')
                return _placesLeft == WholePart ? new Multiple(_divisor, _scale, _remainder, _scale) : Nothing;
            if (scalar is < '0' or > '9')
                return Nothing;
            if (_placesLeft == 0)
                return scalar == '0' ? this : Nothing;
            long next = ((_remainder * 10) + (scalar - '0')) % _divisor;
            return new Multiple(_divisor, _scale, next, _placesLeft == WholePart ? WholePart : _placesLeft - 1);
        }

        public override void CollectSets(ISet<CharSet> sets)
        {
            for (int digit = '0'; digit <= '9'; digit++)
                sets.Add(CharSet.Of(digit));
            sets.Add(CharSet.Of('.'));
        }

        public override string ToString() => $"<{_divisor}e-{_scale}:{_remainder}:{_placesLeft}>";

        protected override bool IsSame(RegularExpression other) =>
            other is Multiple same && (_divisor, _scale, _remainder, _placesLeft) == (same._divisor, same._scale, same._remainder, same._placesLeft);

        static bool IsMultiple(long divisor, long remainder, int zeros)
        {
            for (; zeros > 0 && remainder != 0; zeros--)
                remainder = remainder * 10 % divisor;
            return remainder == 0;
        }
    }
}
