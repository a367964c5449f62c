namespace Chorale.Grammar;

/// <summary>Writes a grammar into a builder, each rule as a graph.</summary>
/// <remarks>
/// Parts that are regular become one edge where they are small, across rules too: the fewer edges a text takes, the faster it is read.
/// Repetition becomes loops, and so does recursion of a rule at its own ends. Rules that the root does not reach are left out.
/// </remarks>
sealed class NetworkWriter
{
    /// <summary>How many states the copies of counted parts may have in all.</summary>
    public const int MaxCopiedStates = 10_000;

    const int MaxWeight = 1_024, MaxPieceWeight = 16_384, MaxFoldedInAll = 500_000;

    readonly NotatedGrammar _grammar;
    readonly GrammarBuilder _builder;
    readonly Dictionary<string, NotatedExpression> _bodies = [];
    readonly Dictionary<string, FoldedText?> _foldedRules = [];
    readonly Dictionary<NotatedExpression, FoldedText?> _folded = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<string, int> _numbers = [];
    readonly Queue<NotatedRule> _unwritten = [];

    NotatedRule _rule;    // the one that is being folded or written
    int _number;
    int? _copied;         // where the outermost counted part stands that is being copied
    int _copiedStates;
    int _counted;         // how many counted parts hold the one that is being folded
    int _foldedInAll;     // what the pieces weigh that were made of others: they are copies

    public NetworkWriter(NotatedGrammar grammar, GrammarBuilder builder)
    {
        _grammar = grammar;
        _builder = builder;
        _rule = grammar.Rules[grammar.Root];
    }

    /// <summary>Writes the rules.</summary>
    /// <returns>The rule of whole texts.</returns>
    public int Write()
    {
        FoldRules();
        int root = Number(_grammar.Root);
        while (_unwritten.TryDequeue(out NotatedRule? rule))
        {
            (_rule, _number) = (rule, _numbers[rule.Name]);
            Write(_bodies[rule.Name], _builder.Start(_number), _builder.End(_number));
        }
        return root;
    }

    int Number(string rule)
    {
        if (!_numbers.TryGetValue(rule, out int number))
        {
            number = _builder.AddRule(rule);
            _numbers.Add(rule, number);
            _unwritten.Enqueue(_grammar.Rules[rule]);
        }
        return number;
    }

    /// <summary>Folds each rule after those it refers to. Rules in a circle, and those that refer to them, are left out: they are not regular, or not seen to be.</summary>
    void FoldRules()
    {
        foreach (NotatedRule rule in _grammar.Rules.Values)
            _bodies.Add(rule.Name, SelfRecursion.Unroll(rule.Name, rule.Body));
        foreach (string name in DependencyOrder.Of(_bodies, circular: out _))
        {
            _rule = _grammar.Rules[name];
            _foldedRules.Add(name, Fold(_bodies[name]));
        }
    }

    /// <summary>A part as one regular language; null where it is none, or too large to be one.</summary>
    FoldedText? Fold(NotatedExpression expression)
    {
        switch (expression)
        {
            case NotatedExpression.Literal literal:
                return FoldedText.Of(literal.Value);
            case NotatedExpression.Reference reference:
                return _foldedRules.GetValueOrDefault(reference.Name);
            case NotatedExpression.Special:
                return null;
        }
        if (_folded.TryGetValue(expression, out FoldedText? folded))
            return folded;
        folded = expression switch
        {
            NotatedExpression.Text text => FoldedText.Of(text.Language),
            NotatedExpression.Repeat repeat => FoldRepeat(repeat),
            NotatedExpression.Sequence sequence when FoldAll(sequence.Parts) is FoldedText[] parts => Count(FoldedText.InSequence(parts, Limit)),
            NotatedExpression.Choice choice when FoldAll(choice.Parts) is FoldedText[] parts => Count(FoldedText.OneOf(parts, Limit)),
            _ => null,
        };
        _folded.Add(expression, folded);
        return folded;
    }

    FoldedText? FoldRepeat(NotatedExpression.Repeat repeat)
    {
        bool isCounted = repeat.Least > 1 || repeat.Most is > 1 and not RegularExpression.Unbounded;
        _counted += isCounted ? 1 : 0;
        FoldedText? inner = Fold(repeat.Inner);
        FoldedText? folded = inner is null ? null : FoldedText.Repeat(inner, repeat.Least, repeat.Most, Limit);
        _counted -= isCounted ? 1 : 0;
        return folded;
    }

    FoldedText[]? FoldAll(IReadOnlyList<NotatedExpression> expressions)
    {
        FoldedText[] parts = new FoldedText[expressions.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            if (Fold(expressions[i]) is not FoldedText part)
                return null;
            parts[i] = part;
        }
        return parts;
    }

    void Write(NotatedExpression expression, int from, int to)
    {
        if (Fold(expression) is FoldedText folded)
        {
            Write(folded, from, to);
            return;
        }
        switch (expression)
        {
            case NotatedExpression.Sequence sequence:
                WriteSequence(sequence.Parts, from, to);
                break;
            case NotatedExpression.Choice choice:
                WriteChoice(choice.Parts, from, to);
                break;
            case NotatedExpression.Repeat repeat:
                WriteRepeat(repeat, from, to);
                break;
            // At its own end a rule begins again: a loop, where a call would have to be remembered.
            case NotatedExpression.Reference reference when reference.Name == _rule.Name && to == _builder.End(_number):
                _builder.AddEmpty(from, _builder.Start(_number));
                break;
            case NotatedExpression.Reference reference:
                _builder.AddCall(from, Number(reference.Name), to);
                break;
            case NotatedExpression.Special special:
                _builder.AddSpecial(from, Id(special), to);
                break;
        }
    }

    void Write(FoldedText text, int from, int to)
    {
        if (text.Literal is not null)
            _builder.AddLiteral(from, text.Literal, to);
        else if (ReferenceEquals(text.Language, RegularExpression.Empty))
            _builder.AddEmpty(from, to);
        else if (!ReferenceEquals(text.Language, RegularExpression.Nothing))
            _builder.AddText(from, text.Language, to);
    }

    /// <summary>Writes the parts as a chain; neighbours that are regular become one edge, as long as it is small.</summary>
    void WriteSequence(IReadOnlyList<NotatedExpression> parts, int from, int to)
    {
        for (int i = 0; i < parts.Count;)
        {
            int next = i + 1;
            FoldedText? edge = Fold(parts[i]);
            while (edge is not null && next < parts.Count && Fold(parts[next]) is FoldedText more && Count(FoldedText.InSequence([edge, more], Limit)) is FoldedText both)
            {
                edge = both;
                next++;
            }
            int state = next == parts.Count ? to : AddState();
            if (edge is null)
                Write(parts[i], from, state);
            else
                Write(edge, from, state);
            (from, i) = (state, next);
        }
    }

    /// <summary>Writes the alternatives side by side; those that are regular become one edge, as long as it is small.</summary>
    void WriteChoice(IReadOnlyList<NotatedExpression> parts, int from, int to)
    {
        List<FoldedText> texts = [];
        int weight = 0;
        foreach (NotatedExpression part in parts)
        {
            if (Fold(part) is not FoldedText folded)
            {
                Write(part, from, to);
                continue;
            }
            if (folded.Weight > MaxWeight - weight)
                Flush();
            texts.Add(folded);
            weight = folded.Weight > MaxWeight - weight ? MaxWeight : weight + folded.Weight;
        }
        Flush();

        void Flush()
        {
            if (texts.Count > 0 && Count(FoldedText.OneOf(texts, Limit)) is FoldedText all)
                Write(all, from, to);
            else
                texts.ForEach(text => Write(text, from, to));
            texts.Clear();
            weight = 0;
        }
    }

    void WriteRepeat(NotatedExpression.Repeat repeat, int from, int to)
    {
        int? outer = _copied;
        bool isLoop = repeat.Most == RegularExpression.Unbounded;
        int copies = isLoop ? Math.Max(repeat.Least, 1) : repeat.Most;
        for (int copy = 0; copy < copies; copy++)
        {
            if (copy > 0)
                _copied ??= repeat.Offset;
            if (copy >= repeat.Least)
                _builder.AddEmpty(from, to);
            int state = copy == copies - 1 && !isLoop ? to : AddState();
            if (copy == copies - 1 && isLoop)
            {
                // A state of its own to come back to: the way into it may be a loop itself.
                int before = AddState();
                _builder.AddEmpty(from, before);
                _builder.AddEmpty(state, before);
                from = before;
            }
            Write(repeat.Inner, from, state);
            from = state;
        }
        if (from != to)
            _builder.AddEmpty(from, to);
        _copied = outer;
    }

    int AddState()
    {
        if (_copied is int offset && ++_copiedStates > MaxCopiedStates)
            throw _grammar.Text.Error(offset, $"Counted parts that hold rules, or are large, are written out as often as they are counted, and come to more than {MaxCopiedStates} states here.");
        return _builder.AddState(_number);
    }

    int Id(NotatedExpression.Special special)
    {
        Tokenization.Tokenizer tokenizer = _builder.Vocabulary.Tokenizer;
        if (special.Name is null)
        {
            return tokenizer.IsSpecial(special.Id) ? special.Id
                : throw _grammar.Text.Error(special.Offset, $"Found the token {special.Id}, which is not a special token of the vocabulary; ordinary tokens are written as their text.");
        }
        return tokenizer.TryGetSpecial(special.Name, out int id) ? id
            : throw _grammar.Text.Error(special.Offset, $"Found {GrammarText.Shorten(special.Name)}, which is not a special token of the vocabulary.");
    }

    /// <summary>What a piece may weigh. A terminal is to be one piece; and so is what is counted, for else it is copied as often as it is counted.</summary>
    int Limit => _foldedInAll > MaxFoldedInAll ? 0 : _rule.IsTerminal || _counted > 0 ? MaxPieceWeight : MaxWeight;

    FoldedText? Count(FoldedText? made)
    {
        _foldedInAll += made?.Weight ?? 0;
        return made;
    }
}
