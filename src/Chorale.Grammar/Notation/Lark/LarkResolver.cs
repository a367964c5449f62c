namespace Chorale.Grammar;

/// <summary>Makes rules of the definitions of a Lark grammar: templates are written out, and what is ignored stands behind each terminal.</summary>
sealed class LarkResolver(GrammarText text, Dictionary<string, LarkDefinition> definitions, List<NotatedExpression> ignored)
{
    /// <summary>How many uses of templates that differ there may be.</summary>
    public const int MaxInstances = 1_000;

    const string Start = "start", Ignored = "%ignore", Root = "%start";

    readonly Dictionary<string, NotatedRule> _rules = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _instances = new(StringComparer.Ordinal);    // by template and arguments
    readonly Dictionary<RegularExpression, int> _languages = [];                      // arguments that are regular expressions
    readonly Queue<(string Name, LarkDefinition Template, IReadOnlyList<NotatedExpression> Arguments)> _unwritten = [];

    /// <summary>Makes the rules.</summary>
    /// <exception cref="GrammarSyntaxException">A name is not defined, or a definition cannot be.</exception>
    public NotatedGrammar Resolve()
    {
        CheckNames();
        CheckTerminals();
        if (ignored.Count > 0)
            _rules.Add(Ignored, new(Ignored, NotatedExpression.OneOf(ignored), IsTerminal: true));
        foreach (LarkDefinition definition in definitions.Values)
        {
            if (definition.IsTerminal)
                _rules.Add(definition.Name, new(definition.Name, definition.Body, IsTerminal: true));
            else if (definition.Parameters.Count == 0)
                _rules.Add(definition.Name, new(definition.Name, WriteOut(definition.Body, new(StringComparer.Ordinal)), IsTerminal: false));
        }
        while (_unwritten.TryDequeue(out var instance))
        {
            Dictionary<string, NotatedExpression> bound = new(StringComparer.Ordinal);
            for (int i = 0; i < instance.Arguments.Count; i++)
                bound.Add(instance.Template.Parameters[i], instance.Arguments[i]);
            _rules.Add(instance.Name, new(instance.Name, WriteOut(instance.Template.Body, bound), IsTerminal: false));
        }
        if (ignored.Count == 0)
            return new(text, _rules, Start);
        // Each terminal has what is ignored behind it; the first has it before it, too.
        _rules.Add(Root, new(Root, NotatedExpression.InSequence([AnyIgnored(), new NotatedExpression.Reference(Start, 0)]), IsTerminal: false));
        return new(text, _rules, Root);
    }

    void CheckNames()
    {
        foreach (LarkDefinition definition in definitions.Values)
        {
            foreach (NotatedExpression part in definition.Body.WithParts())
                CheckName(part, definition.Parameters);
        }
        foreach (NotatedExpression part in ignored.SelectMany(expression => expression.WithParts()))
            CheckName(part, []);
        if (!definitions.TryGetValue(Start, out LarkDefinition? start))
            throw new GrammarSyntaxException(1, 1, "The grammar has no rule 'start', where a text begins.");
        if (start.Parameters.Count > 0)
            throw text.Error(start.Offset, "Found parameters of the rule 'start', where a text begins; it can have none.");
    }

    void CheckName(NotatedExpression part, IReadOnlyList<string> parameters)
    {
        (string? name, int offset, int arguments) = part switch
        {
            NotatedExpression.Reference reference => (reference.Name, reference.Offset, 0),
            LarkTemplateUse use => (use.Name, use.Offset, use.Arguments.Count),
            _ => (null, 0, 0),
        };
        if (name is null || (arguments == 0 && parameters.Contains(name, StringComparer.Ordinal)))
            return;
        string shown = GrammarText.Shorten(name);
        if (!definitions.TryGetValue(name, out LarkDefinition? definition))
        {
            throw text.Error(offset, !LarkDefinition.IsTerminalName(name) ? $"The rule '{shown}' is used but not defined."
                : LarkCommon.Find(name) is null ? $"The terminal '{shown}' is used but not defined."
                : $"The terminal '{shown}' is used but not defined; to import it, write '%import common.{name}'.");
        }
        if (definition.Parameters.Count != arguments)
            throw text.Error(offset, $"'{shown}' is used with {arguments} arguments but defined with {definition.Parameters.Count} parameters.");
    }

    /// <summary>No terminal may refer to itself, not even by way of others.</summary>
    void CheckTerminals()
    {
        Dictionary<string, NotatedExpression> bodies = definitions.Values.Where(definition => definition.IsTerminal)
            .ToDictionary(definition => definition.Name, definition => definition.Body, StringComparer.Ordinal);
        DependencyOrder.Of(bodies, out HashSet<string> circular);
        if (bodies.Keys.FirstOrDefault(circular.Contains) is not string terminal)
            return;
        // What is left leads into a circle, whichever reference is followed.
        HashSet<string> seen = new(StringComparer.Ordinal) { terminal };
        NotatedExpression.Reference next;
        do
        {
            next = bodies[terminal].References().First(reference => circular.Contains(reference.Name));
            terminal = next.Name;
        }
        while (seen.Add(terminal));
        throw text.Error(next.Offset, $"The terminal '{GrammarText.Shorten(terminal)}' refers to itself here or by way of others; only rules can be recursive.");
    }

    NotatedExpression WriteOut(NotatedExpression expression, Dictionary<string, NotatedExpression> bound) => expression switch
    {
        NotatedExpression.Sequence sequence => new NotatedExpression.Sequence([.. sequence.Parts.Select(part => WriteOut(part, bound))]),
        NotatedExpression.Choice choice => new NotatedExpression.Choice([.. choice.Parts.Select(part => WriteOut(part, bound))]),
        NotatedExpression.Repeat repeat => repeat with { Inner = WriteOut(repeat.Inner, bound) },
        NotatedExpression.Reference reference when bound.TryGetValue(reference.Name, out NotatedExpression? argument) => argument,
        NotatedExpression.Reference reference when !LarkDefinition.IsTerminalName(reference.Name) => reference,
        NotatedExpression.Literal { Value: "" } => expression,
        LarkTemplateUse use => new NotatedExpression.Reference(Instance(use, bound), use.Offset),
        _ => ignored.Count == 0 ? expression : NotatedExpression.InSequence([expression, AnyIgnored()]),
    };

    /// <summary>The rule of a template with some arguments.</summary>
    string Instance(LarkTemplateUse use, Dictionary<string, NotatedExpression> bound)
    {
        NotatedExpression[] arguments = [.. use.Arguments.Select(argument => WriteOut(argument, bound))];
        string key = $"{use.Name}{{{string.Join(", ", arguments.Select(Key))}}}";
        if (_instances.TryGetValue(key, out string? name))
            return name;
        if (_instances.Count == MaxInstances)
            throw text.Error(use.Offset, $"Templates are used with more than {MaxInstances} different arguments, perhaps because one uses itself with ever longer ones.");
        // Names with a number do not grow where uses are nested.
        name = $"{use.Name}%{_instances.Count}";
        _instances.Add(key, name);
        _unwritten.Enqueue((name, definitions[use.Name], arguments));
        return name;
    }

    /// <summary>The same for arguments that are the same.</summary>
    string Key(NotatedExpression argument) => argument switch
    {
        NotatedExpression.Reference reference => reference.Name,
        NotatedExpression.Literal literal => $"\"{literal.Value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        NotatedExpression.Sequence sequence => Key(sequence.Parts[0]),    // with what is ignored behind it
        NotatedExpression.Text { Language: var language } => $"/{NumberOf(language)}/",
        _ => throw new ArgumentException($"A {argument.GetType().Name} is no argument.", nameof(argument)),
    };

    int NumberOf(RegularExpression language)
    {
        if (!_languages.TryGetValue(language, out int number))
        {
            number = _languages.Count;
            _languages.Add(language, number);
        }
        return number;
    }

    static NotatedExpression.Repeat AnyIgnored() => new(new NotatedExpression.Reference(Ignored, 0), 0, RegularExpression.Unbounded, 0);
}
