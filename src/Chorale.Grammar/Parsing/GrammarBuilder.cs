namespace Chorale.Grammar;

/// <summary>
/// A grammar in the making, as recursive transition networks (Woods 1970): each rule is a graph whose edges read a terminal, or another rule.
/// </summary>
/// <remarks>States and rules are numbers, valid for this builder. Not thread-safe.</remarks>
sealed class GrammarBuilder(GrammarVocabulary vocabulary)
{
    readonly List<RuleGraph> _rules = [];
    readonly List<GrammarState> _states = [];

    /// <summary>The vocabulary whose ids the grammar is for.</summary>
    public GrammarVocabulary Vocabulary { get; } = vocabulary;

    public int StateCount => _states.Count;

    /// <summary>What was left out on request (<see cref="JsonSchemaOptions.Lenient"/>).</summary>
    public List<JsonSchemaException> Ignored { get; } = [];

    /// <summary>A new rule with a first and a last state and nothing between.</summary>
    /// <param name="name">For people.</param>
    public int AddRule(string name)
    {
        int rule = _rules.Count;
        _rules.Add(null!);
        _rules[rule] = new(name, AddState(rule), AddState(rule));
        return rule;
    }

    /// <summary>Where a rule begins.</summary>
    public int Start(int rule) => _rules[rule].Start;

    /// <summary>Where a rule ends. Edges may leave it all the same.</summary>
    public int End(int rule) => _rules[rule].End;

    /// <summary>A new state of a rule.</summary>
    public int AddState(int rule)
    {
        _states.Add(new(rule));
        return _states.Count - 1;
    }

    /// <summary>The bytes of a text lead from one state to another.</summary>
    public void AddLiteral(int from, string text, int to) => Add(from, text.Length == 0 ? new Edge.Nothing(to) : new Edge.Read(Vocabulary.Literal(text), to));

    /// <summary>Text of a regular language leads from one state to another, as UTF-8.</summary>
    /// <exception cref="GrammarException">The language is too complex.</exception>
    public void AddText(int from, RegularExpression text, int to) => AddLanguage(from, text, isJson: false, to);

    /// <summary>A JSON string, quotes included, whose value is of a regular language.</summary>
    /// <remarks>
    /// In the string each character stands for itself or, where JSON demands it or the character is not printable ASCII, may be escaped, with surrogate pairs where needed.
    /// </remarks>
    /// <exception cref="GrammarException">The language is too complex.</exception>
    public void AddJsonString(int from, RegularExpression value, int to) => AddLanguage(from, value, isJson: true, to);

    /// <summary>A special token leads from one state to another.</summary>
    public void AddSpecial(int from, int id, int to) => Add(from, new Edge.Special(id, to));

    /// <summary>A rule leads from one state to another.</summary>
    public void AddCall(int from, int rule, int to) => Add(from, new Edge.Call(rule, to));

    /// <summary>Nothing need be read from one state to another.</summary>
    public void AddEmpty(int from, int to) => Add(from, new Edge.Nothing(to));

    /// <summary>Whether a special token is read from a state or a later one.</summary>
    public bool ReadsSpecial(int firstState) => _states.Skip(firstState).Any(state => state.Edges.Exists(edge => edge is Edge.Special));

    /// <summary>Whether any text is in the language of a rule, as it is now.</summary>
    public bool HasText(int rule) => Productive().Contains(_rules[rule].Start);

    /// <summary>Ends the making.</summary>
    /// <param name="root">The rule of whole texts.</param>
    /// <exception cref="GrammarException">No text is in the language.</exception>
    public CompiledGrammar Build(int root)
    {
        HashSet<int> productive = Productive();
        if (!productive.Contains(_rules[root].Start))
            throw new GrammarException("The language is empty: no text can be completed.");
        foreach (GrammarState state in _states)
            state.Edges.RemoveAll(edge => !productive.Contains(edge.To) || (edge is Edge.Call { Rule: var rule } && !productive.Contains(_rules[rule].Start)));
        return new(Vocabulary, [.. _rules], [.. _states], Nullable(), root, [.. Ignored]);
    }

    void AddLanguage(int from, RegularExpression language, bool isJson, int to)
    {
        Terminal terminal = isJson ? Vocabulary.JsonString(language) : Vocabulary.Text(language);
        if (terminal.IsEmpty)
            return;
        Add(from, new Edge.Read(terminal, to));
        if (terminal.IsAccepting(Terminal.Start))
            Add(from, new Edge.Nothing(to));
    }

    void Add(int from, Edge edge) => _states[from].Edges.Add(edge);

    /// <summary>The states from which the end of their rule can be reached by some text.</summary>
    HashSet<int> Productive()
    {
        List<(int From, Edge Edge)>[] into = new List<(int From, Edge Edge)>[_states.Count];
        List<(int From, Edge Edge)>[] calls = new List<(int From, Edge Edge)>[_rules.Count];
        for (int from = 0; from < _states.Count; from++)
        {
            foreach (Edge edge in _states[from].Edges)
            {
                (into[edge.To] ??= []).Add((from, edge));
                if (edge is Edge.Call call)
                    (calls[call.Rule] ??= []).Add((from, edge));
            }
        }
        HashSet<int> productive = [];
        Stack<int> found = new();
        foreach (RuleGraph rule in _rules)
            Find(rule.End);
        while (found.TryPop(out int state))
        {
            foreach ((int from, Edge edge) in into[state] ?? [])
            {
                if (edge is not Edge.Call call || productive.Contains(_rules[call.Rule].Start))
                    Find(from);
            }
            int rule = _states[state].Rule;
            foreach ((int from, Edge edge) in _rules[rule].Start == state ? calls[rule] ?? [] : [])
            {
                if (productive.Contains(edge.To))
                    Find(from);
            }
        }
        return productive;

        void Find(int state)
        {
            if (productive.Add(state))
                found.Push(state);
        }
    }

    /// <summary>The rules that may read nothing.</summary>
    bool[] Nullable()
    {
        bool[] nullable = new bool[_rules.Count];
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int rule = 0; rule < nullable.Length; rule++)
            {
                if (!nullable[rule] && ReachesEnd(_rules[rule], nullable))
                    nullable[rule] = changed = true;
            }
        }
        return nullable;
    }

    bool ReachesEnd(RuleGraph rule, bool[] nullable)
    {
        HashSet<int> seen = [rule.Start];
        Stack<int> open = new(seen);
        while (open.TryPop(out int state))
        {
            if (state == rule.End)
                return true;
            foreach (Edge edge in _states[state].Edges)
            {
                if ((edge is Edge.Nothing || (edge is Edge.Call { Rule: var called } && nullable[called])) && seen.Add(edge.To))
                    open.Push(edge.To);
            }
        }
        return false;
    }
}
