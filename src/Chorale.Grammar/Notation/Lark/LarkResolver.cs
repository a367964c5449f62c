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
            foreach (NotatedExpression part in Parts(definition.Body))
                CheckName(part, definition.Parameters);
        }
        foreach (NotatedExpression part in ignored.SelectMany(Parts))
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
        if (name is null || (arguments == 0 && parameters.Contains(name)))
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
        Dictionary<string, int> missing = new(StringComparer.Ordinal);
        Dictionary<string, List<string>> users = new(StringComparer.Ordinal);
        Queue<string> due = [];
        foreach (LarkDefinition terminal in definitions.Values.Where(definition => definition.IsTerminal))
        {
            HashSet<string> uses = [.. terminal.Body.References().Select(reference => reference.Name)];
            missing.Add(terminal.Name, uses.Count);
            if (uses.Count == 0)
                due.Enqueue(terminal.Name);
            foreach (string use in uses)
            {
                if (!users.TryGetValue(use, out List<string>? list))
                    users.Add(use, list = []);
                list.Add(terminal.Name);
            }
        }
        while (due.TryDequeue(out string? terminal))
        {
            foreach (string user in users.GetValueOrDefault(terminal) ?? [])
            {
                if (--missing[user] == 0)
                    due.Enqueue(user);
            }
        }
        if (missing.FirstOrDefault(pair => pair.Value > 0).Key is not string circular)
            return;
        // What is left leads into a circle, whichever reference is followed.
        HashSet<string> seen = new(StringComparer.Ordinal) { circular };
        NotatedExpression.Reference next;
        do
        {
            next = definitions[circular].Body.References().First(reference => missing[reference.Name] > 0);
            circular = next.Name;
        }
        while (seen.Add(circular));
        throw text.Error(next.Offset, $"The terminal '{GrammarText.Shorten(circular)}' refers to itself here or by way of others; only rules can be recursive.");
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

    /// <returns>The rule of a template with these arguments.</returns>
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
            _languages.Add(language, number = _languages.Count);
        return number;
    }

    static NotatedExpression.Repeat AnyIgnored() => new(new NotatedExpression.Reference(Ignored, 0), 0, RegularExpression.Unbounded, 0);

    static IEnumerable<NotatedExpression> Parts(NotatedExpression expression)
    {
        Stack<NotatedExpression> pending = new([expression]);
        while (pending.TryPop(out NotatedExpression? part))
        {
            yield return part;
            for (int i = part.Inside.Count - 1; i >= 0; i--)
                pending.Push(part.Inside[i]);
        }
    }
}
