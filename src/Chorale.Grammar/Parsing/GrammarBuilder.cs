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

    public int RuleCount => _rules.Count;

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

    public string Name(int rule) => _rules[rule].Name;

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
    public void AddText(int from, RegularExpression text, int to) => Add(from, new Edge.Read(Vocabulary.Text(text), to));

    /// <summary>A JSON string, quotes included, whose value is of a regular language.</summary>
    /// <remarks>
    /// In the string each character stands for itself or, where JSON demands it or the character is not printable ASCII, may be escaped, with surrogate pairs where needed.
    /// </remarks>
    public void AddJsonString(int from, RegularExpression value, int to) => Add(from, new Edge.Read(Vocabulary.JsonString(value), to));

    /// <summary>A special token leads from one state to another.</summary>
    public void AddSpecial(int from, int id, int to) => Add(from, new Edge.Special(id, to));

    /// <summary>A rule leads from one state to another.</summary>
    public void AddCall(int from, int rule, int to) => Add(from, new Edge.Call(rule, to));

    /// <summary>Nothing need be read from one state to another.</summary>
    public void AddEmpty(int from, int to) => Add(from, new Edge.Nothing(to));

    /// <summary>Ends the making.</summary>
    /// <param name="root">The rule of whole texts.</param>
    /// <exception cref="GrammarException">No text is in the language.</exception>
    public CompiledGrammar Build(int root) => throw new NotSupportedException();

    void Add(int from, Edge edge) => _states[from].Edges.Add(edge);
}
