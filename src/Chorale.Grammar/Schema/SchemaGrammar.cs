namespace Chorale.Grammar;

/// <summary>Writes the expressions of a schema as rules of a grammar, one rule for each expression that has arrays or objects; other values are edges where they are needed.</summary>
/// <remarks>Not recursive: rules that are called for and not yet written wait in a queue.</remarks>
sealed class SchemaGrammar
{
    readonly Dictionary<SchemaExpression, int> _rules = [];
    readonly Queue<(SchemaExpression Expression, int Rule)> _open = new();

    public SchemaGrammar(GrammarBuilder builder, SchemaEvaluator evaluator, SchemaDocument document, JsonSchemaOptions options)
    {
        Builder = builder;
        Evaluator = evaluator;
        Document = document;
        Layout = new(options);
    }

    public GrammarBuilder Builder { get; }

    public SchemaEvaluator Evaluator { get; }

    public SchemaDocument Document { get; }

    /// <summary>What to blame where a shape does not say.</summary>
    public SchemaOrigin RootOrigin => new(Document.Root, "");

    public JsonLayout Layout { get; }

    /// <summary>Adds all that an expression leads to.</summary>
    /// <returns>The rule of documents of it.</returns>
    public int Add(SchemaExpression root)
    {
        int rule = Builder.AddRule("json");
        int start = Builder.AddState(rule), end = Builder.AddState(rule);
        Layout.AddSpace(Builder, Builder.Start(rule), start);
        AddValue(start, root, end);
        Layout.AddSpace(Builder, end, Builder.End(rule));
        while (_open.TryDequeue(out (SchemaExpression Expression, int Rule) next))
            AddAlternatives(Builder.Start(next.Rule), next.Expression, Builder.End(next.Rule), next.Rule);
        return rule;
    }

    /// <summary>A value of an expression leads from one state to another.</summary>
    public void AddValue(int from, SchemaExpression expression, int to)
    {
        ValueSet set = Evaluator.Evaluate(expression);
        if (set.IsScalar)
        {
            AddScalars(from, set, to, expression);
            return;
        }
        SchemaExpression key = set.IsAll ? SchemaExpression.Any : expression;
        if (!_rules.TryGetValue(key, out int rule))
        {
            rule = Builder.AddRule(NameOf(key));
            _rules.Add(key, rule);
            _open.Enqueue((key, rule));
        }
        Builder.AddCall(from, rule, to);
    }

    /// <summary>Whether it is plain that no value is of an expression.</summary>
    public bool IsNothing(SchemaExpression expression) => Evaluator.Evaluate(expression).IsNothing;

    static string NameOf(SchemaExpression expression) => expression switch
    {
        SchemaExpression.Everything => "any",
        SchemaExpression.Schema schema => schema.Node.Path,
        SchemaExpression.Constant => "constant",
        SchemaExpression.Both both => string.Join('&', both.Parts.Take(4).Select(NameOf)),
        SchemaExpression.Either either => string.Join('|', either.Parts.Take(4).Select(NameOf)),
        SchemaExpression.Other other => "!" + NameOf(other.Inner),
        _ => "never",
    };

    void AddAlternatives(int from, SchemaExpression expression, int to, int rule)
    {
        ValueSet set = Evaluator.Evaluate(expression);
        AddScalars(from, set, to, expression);
        foreach (ArrayShape shape in set.Arrays)
            new ArrayGraph(this, shape, rule).Add(from, to);
        foreach (ObjectShape shape in set.Objects)
            new ObjectGraph(this, shape, rule).Add(from, to);
    }

    /// <summary>Values that are listed have one spelling each, and together are one edge; so the ids of the only one are forced.</summary>
    void AddScalars(int from, ValueSet set, int to, SchemaExpression expression)
    {
        List<string> listed = Spellings(set);
        if (listed.Count == 1)
            Builder.AddLiteral(from, listed[0], to);
        else if (listed.Count > 1)
            Builder.AddText(from, RegularExpression.Strings(listed), to);
        string keyword = "multipleOf";
        try
        {
            if (set.Numbers.Values is null && !set.Numbers.IsNothing)
                Builder.AddText(from, JsonNumbers.Spelling(set.Numbers.Integers, set.Numbers.Fractions), to);
            keyword = "pattern";
            if (set.Strings.Values is null && !set.Strings.IsNothing)
                Builder.AddJsonString(from, set.Strings.Language, to);
        }
        catch (GrammarException exception) when (exception is not JsonSchemaException)
        {
            throw (NodeOf(expression) ?? Document.Root).Error(keyword, exception.Message);
        }
    }

    /// <summary>A schema to blame for an expression.</summary>
    static SchemaNode? NodeOf(SchemaExpression expression) => expression switch
    {
        SchemaExpression.Schema schema => schema.Node,
        SchemaExpression.Both both => both.Parts.Select(NodeOf).FirstOrDefault(node => node is not null),
        SchemaExpression.Either either => either.Parts.Select(NodeOf).FirstOrDefault(node => node is not null),
        SchemaExpression.Other other => other.Origin.Node,
        _ => null,
    };

    /// <summary>The values of a set that are listed, as JSON.</summary>
    public static List<string> Spellings(ValueSet set)
    {
        List<string> spellings = [];
        if (set.Scalars.HasFlag(Literals.Null))
            spellings.Add("null");
        if (set.Scalars.HasFlag(Literals.True))
            spellings.Add("true");
        if (set.Scalars.HasFlag(Literals.False))
            spellings.Add("false");
        spellings.AddRange((set.Numbers.Values ?? []).Select(value => value.ToString()));
        spellings.AddRange((set.Strings.Values ?? []).Select(JsonText.Quote));
        return spellings;
    }
}
