using System.Diagnostics.CodeAnalysis;

namespace Chorale.Grammar;

/// <summary>
/// A deterministic automaton over character classes whose states are the derivatives of a regular expression. It is made while it is used, and never
/// leads to a state from which nothing can be accepted. Threads may share it.
/// </summary>
sealed class Automaton
{
    /// <summary>What leads nowhere.</summary>
    public const int Dead = -1;

    const int Unknown = -2;

    /// <summary>More states than any reasonable pattern has; the search for an end gives up there.</summary>
    const int MostStates = 200_000;

    readonly Lock _gate = new();
    readonly Dictionary<RegularExpression, int> _indices = [];
    readonly int[] _plainClasses;
    readonly int[] _byEase;    // classes, those first whose character is easy to write
    State[] _states = new State[4];
    int _count;

    /// <summary>The automaton of a language.</summary>
    /// <exception cref="GrammarException">The expression is too complex: whether it has any text could not be told.</exception>
    public Automaton(RegularExpression language)
    {
        HashSet<CharSet> sets = [TokenTrie.NotPlain];
        language.CollectSets(sets);
        Classes = CharClasses.Of(sets);
        _plainClasses = [.. Enumerable.Range(0, Classes.Count).Where(c => !TokenTrie.NotPlain.Contains(Classes.Representative(c)))];
        _byEase = [.. Enumerable.Range(0, Classes.Count).OrderBy(c => Classes.Representative(c) is var scalar && TokenTrie.NotPlain.Contains(scalar) ? 2 : scalar < 0x80 ? 0 : 1)];
        Add(language);
        lock (_gate)
            IsEmpty = !IsLive(0);
        MostLeft = LongestLeft(language);
    }

    public CharClasses Classes { get; }

    /// <summary>Whether it accepts nothing at all; then there is no state to use.</summary>
    public bool IsEmpty { get; }

    /// <summary>A bound on <see cref="Distance"/> over all states; <see cref="int.MaxValue"/> where none is known.</summary>
    public int MostLeft { get; }

    public bool IsAccepting(int state) => _states[state].IsAccepting;

    /// <summary>The state after a character of a class; <see cref="Dead"/> where it cannot stand here.</summary>
    public int Next(int state, int charClass)
    {
        int next = Volatile.Read(ref _states[state].Live[charClass]);
        return next != Unknown ? next : Explore(state, charClass);
    }

    /// <summary>The state after any plain character (<see cref="TokenTrie.NotPlain"/>), where that is the same for all of them.</summary>
    /// <returns>False where it is not; the state may be <see cref="Dead"/>.</returns>
    public bool TryNextPlain(int state, out int next)
    {
        next = Next(state, _plainClasses[0]);
        foreach (int c in _plainClasses.AsSpan(1))
        {
            if (Next(state, c) != next)
                return false;
        }
        return true;
    }

    /// <summary>Whether any characters may follow, up to a number of them, as after the beginning of a text of limited length: told without making the states between.</summary>
    public bool TryCountAny(int state, out int most)
    {
        bool isAny = _states[state].Language is RegularExpression.Repetition { Inner: RegularExpression.Characters { Members: var members } } && members.Equals(CharSet.All);
        most = isAny ? ((RegularExpression.Repetition)_states[state].Language).Most : 0;
        return isAny;
    }

    /// <summary>Whether it is plain that any characters may follow, as many as one likes: in free text, in a name that shall be none of a few, before a text that may stand anywhere.</summary>
    public bool AllowsAll(int state) => AllowsAll(_states[state].Language);

    /// <summary>Whether all plain characters lead to one state as far as <see cref="AllowsAll(int)"/> does not tell otherwise.</summary>
    public bool IsUniform(int state) => !AllowsAll(state) || _states[state].Language is RegularExpression.Repetition;

    /// <summary>How many characters the shortest text takes from here to the end.</summary>
    public int Distance(int state)
    {
        if (_states[state].Distance < 0)
        {
            lock (_gate)
                Measure(state);
        }
        return _states[state].Distance;
    }

    /// <summary>The first class on a shortest way to the end; the state is not accepting.</summary>
    public int FirstStep(int state)
    {
        int distance = Distance(state);
        foreach (int c in _byEase)
        {
            int next = Next(state, c);
            if (next != Dead && Distance(next) == distance - 1)
                return c;
        }
        throw new InvalidOperationException("A live state has a way to the end.");
    }

    int Explore(int state, int charClass)
    {
        lock (_gate)
        {
            int next = Raw(state, charClass);
            if (next != Dead && !IsLive(next))
                next = Dead;
            Volatile.Write(ref _states[state].Live[charClass], next);
            return next;
        }
    }

    /// <summary>The derivative, dead or alive; only what is <see cref="RegularExpression.Nothing"/> is known to be dead.</summary>
    int Raw(int state, int charClass)
    {
        ref int known = ref _states[state].Raw[charClass];
        if (known == Unknown)
        {
            RegularExpression derivative = _states[state].Language.Derivative(Classes.Representative(charClass));
            int next = ReferenceEquals(derivative, RegularExpression.Nothing) ? Dead : Add(derivative);
            _states[state].Raw[charClass] = next;
            return next;
        }
        return known;
    }

    int Add(RegularExpression language)
    {
        if (_indices.TryGetValue(language, out int index))
            return index;
        if (_count == MostStates)
            ThrowTooComplex();
        if (_count == _states.Length)
        {
            State[] larger = new State[_count * 2];
            _states.CopyTo(larger, 0);
            Volatile.Write(ref _states, larger);
        }
        _states[_count] = new(language, Classes.Count);
        _indices.Add(language, _count);
        return _count++;
    }

    /// <summary>Whether anything is accepted from here on. A breadth-first search; what it learns about other states stays.</summary>
    bool IsLive(int state)
    {
        if (_states[state].IsKnownLive)
            return true;
        if (_states[state].IsKnownDead)
            return false;
        Dictionary<int, int> before = new() { [state] = Dead };
        Queue<int> open = new([state]);
        while (open.TryDequeue(out int current))
        {
            for (int c = 0; c < Classes.Count; c++)
            {
                int next = Raw(current, c);
                if (next == Dead || _states[next].IsKnownDead || !before.TryAdd(next, current))
                    continue;
                if (_states[next].IsKnownLive)
                {
                    for (int on = current; on != Dead; on = before[on])
                        _states[on].IsKnownLive = true;
                    return true;
                }
                open.Enqueue(next);
            }
        }
        foreach (int visited in before.Keys)
            _states[visited].IsKnownDead = true;
        return false;
    }

    void Measure(int state)
    {
        Dictionary<int, int> before = new() { [state] = Dead };
        Queue<int> open = new([state]);
        int end = Dead;
        while (open.TryDequeue(out int current))
        {
            if (_states[current].IsAccepting)
            {
                end = current;
                break;
            }
            for (int c = 0; c < Classes.Count; c++)
            {
                int next = Raw(current, c);
                if (next != Dead && IsLive(next) && before.TryAdd(next, current))
                    open.Enqueue(next);
            }
        }
        int distance = 0;
        for (int on = end; on != Dead; on = before[on])
            Volatile.Write(ref _states[on].Distance, distance++);
    }

    static bool AllowsAll(RegularExpression language) => language switch
    {
        RegularExpression.Repetition => IsFree(language),
        RegularExpression.Negation negation => negation.Inner.Longest < RegularExpression.Unbounded,
        RegularExpression.Concatenation { First: var first, Second: var second } => IsFree(first) && second.IsPlain,
        RegularExpression.Alternatives { Parts: var parts } => Array.Exists(parts, AllowsAll),
        _ => false,
    };

    /// <summary>Any text of at least some length.</summary>
    static bool IsFree(RegularExpression language) =>
        language is RegularExpression.Repetition { Inner: RegularExpression.Characters { Members: var members }, Most: RegularExpression.Unbounded } && members.Equals(CharSet.All);

    /// <summary>A bound on the shortest rest of any text that was begun.</summary>
    static int LongestLeft(RegularExpression language)
    {
        return (int)Math.Min(Left(language), int.MaxValue);

        static long Left(RegularExpression expression)
        {
            long left = 0;
            for (; expression is RegularExpression.Concatenation { First: var first, Second: var second }; expression = second)
                left = Math.Max(left, Sum(Left(first), Least(second)));
            return Math.Max(left, expression switch
            {
                RegularExpression.Epsilon => 0,
                RegularExpression.Characters => 1,
                LeapSecond => LeapSecond.Length,
                RegularExpression.Alternatives { Parts: var parts } => parts.Select(Left).DefaultIfEmpty(0).Max(),
                RegularExpression.Repetition { Inner: var inner, Least: var least } => Sum(Left(inner), Times(Least(inner), least)),
                _ => long.MaxValue,
            });
        }

        static long Least(RegularExpression expression)
        {
            long sum = 0;
            for (; expression is RegularExpression.Concatenation { First: var first, Second: var second }; expression = second)
                sum = Sum(sum, Least(first));
            return Sum(sum, expression switch
            {
                RegularExpression.Epsilon => 0,
                RegularExpression.Characters => 1,
                LeapSecond => LeapSecond.Length,
                RegularExpression.Alternatives { Parts: var parts } => parts.Select(Least).DefaultIfEmpty(0).Min(),
                RegularExpression.Repetition { Inner: var inner, Least: var least } => Times(Least(inner), least),
                _ => long.MaxValue,
            });
        }

        static long Sum(long a, long b) => a == long.MaxValue || b == long.MaxValue ? long.MaxValue : Math.Min(a + b, int.MaxValue);

        static long Times(long a, long b) => a == long.MaxValue ? long.MaxValue : Math.Min(a * b, int.MaxValue);
    }

    [DoesNotReturn]
    static void ThrowTooComplex() => throw new GrammarException($"An expression with intersections or complements has more than {MostStates} states: it is too complex to enforce.");

    sealed class State
    {
        public State(RegularExpression language, int classes)
        {
            Language = language;
            IsAccepting = language.IsNullable;
            IsKnownLive = language.IsNullable || (language.IsPlain && !ReferenceEquals(language, RegularExpression.Nothing));
            Raw = new int[classes];
            Live = new int[classes];
            Array.Fill(Raw, Unknown);
            Array.Fill(Live, Unknown);
            Distance = language.IsNullable ? 0 : -1;
        }

        public RegularExpression Language { get; }

        public bool IsAccepting { get; }

        public int[] Raw { get; }

        public int[] Live { get; }

        public bool IsKnownLive { get; set; }

        public bool IsKnownDead { get; set; }

        public int Distance;
    }
}
