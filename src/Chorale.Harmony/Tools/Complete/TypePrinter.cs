using System.Text;

namespace Chorale.Harmony;

/// <summary>
/// Writes types in the layout of the official style: a member a line, nested ones four further in, what is said of a member above it
/// or behind it. No comment swallows what follows: behind one, the next thing written starts a new line.
/// </summary>
/// <param name="declarations">Gets each named type at its first mention.</param>
sealed class TypePrinter(List<SchemaNode> declarations)
{
    readonly StringBuilder _text = new();
    readonly List<(int At, int Declaration)> _gaps = [];
    readonly Dictionary<SchemaNode, int> _indexes = declarations.Select((node, i) => (node, i)).ToDictionary(pair => pair.node, pair => pair.i);
    bool _isInComment;
    bool _isOnOneLine;

    /// <summary>A whole type, comments above it.</summary>
    public TypeText Whole(NotedType type)
    {
        AboveWhole(type.Notes, name: null);
        Type(type.Type, "");
        if (_isInComment)
            EndLine();
        return Take();
    }

    /// <summary>A declaration: comments, <c>type Name = …;</c>.</summary>
    public TypeText Declaration(SchemaNode declared, NotedType type)
    {
        AboveWhole(type.Notes, declared.Name);
        _text.Append("type ");
        Name(declared, "");
        _text.Append(" = ");
        Type(type.Type, "");
        Write(";", "");
        return Take();
    }

    /// <summary>Notes alone, a comment a line, without the last line's end.</summary>
    public TypeText Comments(TypeNotes notes)
    {
        AboveWhole(notes, name: null);
        if (_text.Length > 0)
            _text.Length--;
        return Take();
    }

    TypeText Take()
    {
        TypeText taken = new(_text.ToString(), [.. _gaps]);
        _text.Clear();
        _gaps.Clear();
        _isInComment = false;
        return taken;
    }

    void Type(SchemaType type, string indent)
    {
        switch (type)
        {
            case SchemaType.Keyword keyword:
                Write(keyword.Text, indent);
                break;
            case SchemaType.Literal literal:
                Write(literal.Text, indent);
                break;
            case SchemaType.Named named:
                Name(named.Declared, indent);
                break;
            case SchemaType.List list:
                List(list, indent);
                break;
            case SchemaType.Tuple tuple:
                Tuple(tuple, indent);
                break;
            case SchemaType.Object obj:
                Object(obj, indent);
                break;
            case SchemaType.Union { OnLines: true } union when !_isOnOneLine:
                UnionOnLines(union, indent);
                break;
            case SchemaType.Union union:
                Join(union.Variants, " | ", indent);
                break;
            case SchemaType.Intersection intersection:
                for (int i = 0; i < intersection.Parts.Count; i++)
                {
                    if (i > 0)
                        Write(" & ", indent);
                    Enclosed(intersection.Parts[i], indent);
                }
                break;
        }
    }

    void Join(IReadOnlyList<NotedType> variants, string between, string indent)
    {
        for (int i = 0; i < variants.Count; i++)
        {
            if (i > 0)
                Write(between, indent);
            Type(variants[i].Type, indent);
            if (_isOnOneLine)
                InParentheses(variants[i].Notes);
        }
    }

    void Name(SchemaNode declared, string indent)
    {
        Write("", indent);
        if (!_indexes.TryGetValue(declared, out int index))
        {
            index = declarations.Count;
            _indexes.Add(declared, index);
            declarations.Add(declared);
        }
        _gaps.Add((_text.Length, index));
    }

    void List(SchemaType.List list, string indent)
    {
        if (list.Element is not { } element)
        {
            Write("Array<any>", indent);
        }
        else if (element is SchemaType.Union { OnLines: true } && !_isOnOneLine)
        {
            Write("Array<", indent);
            Type(element, indent);
            Break(indent);
            Write(">", indent);
        }
        else
        {
            Enclosed(element, indent);
            Write("[]", indent);
        }
    }

    void Enclosed(SchemaType type, string indent)
    {
        if (type is not (SchemaType.Union or SchemaType.Intersection))
        {
            Type(type, indent);
            return;
        }
        Write("(", indent);
        Type(type, indent);
        if (type is SchemaType.Union { OnLines: true } && !_isOnOneLine)
            Break(indent);
        Write(")", indent);
    }

    void Tuple(SchemaType.Tuple tuple, string indent)
    {
        Write("[", indent);
        for (int i = 0; i < tuple.Items.Count; i++)
        {
            if (i > 0)
                Write(", ", indent);
            (SchemaType type, bool isOptional) = tuple.Items[i];
            if (!isOptional)
            {
                Type(type, indent);
                continue;
            }
            Enclosed(type, indent);
            Write("?", indent);
        }
        if (tuple.Rest is { } rest)
        {
            Write(tuple.Items.Count > 0 ? ", ..." : "...", indent);
            Enclosed(rest, indent);
            Write("[]", indent);
        }
        Write("]", indent);
    }

    void Object(SchemaType.Object type, string indent)
    {
        if (_isOnOneLine)
        {
            ObjectOnOneLine(type);
            return;
        }
        Write("{", indent);
        _text.Append('\n');
        foreach (SchemaType.Member member in type.Members)
            Member(member, indent);
        _text.Append(indent).Append('}');
    }

    void ObjectOnOneLine(SchemaType.Object type)
    {
        _text.Append(type.Members.Count == 0 ? "{" : "{ ");
        for (int i = 0; i < type.Members.Count; i++)
        {
            SchemaType.Member member = type.Members[i];
            _text.Append(i > 0 ? ", " : "").Append(Key(member)).Append(' ');
            Type(member.Value.Type, "");
            InParentheses(member.Value.Notes);
        }
        _text.Append(type.Members.Count == 0 ? "}" : " }");
    }

    void Member(SchemaType.Member member, string indent)
    {
        (SchemaType type, TypeNotes notes) = member.Value;
        bool onLines = type is SchemaType.Union { OnLines: true };
        Above(notes, indent, withLimits: onLines);
        _text.Append(indent).Append(Key(member));
        if (onLines)
        {
            Type(type, indent);
            Break(indent);
            _text.Append(",\n");
            return;
        }
        _text.Append(' ');
        Type(type, $"{indent}    ");
        Write(",", indent);
        Behind(notes with { Title = null, Description = null, Examples = [], Limits = [.. notes.Limits.Where(limit => !limit.IsLong)] });
        EndLine();
    }

    static string Key(SchemaType.Member member) =>
        member.Name is null ? "[key: string]:" : $"{JsonLiteral.Key(member.Name)}{(member.IsRequired ? ":" : "?:")}";

    void UnionOnLines(SchemaType.Union union, string indent)
    {
        foreach ((SchemaType type, TypeNotes notes) in union.Variants)
        {
            if (_text.Length == 0 || _text[^1] != '\n')
                EndLine();
            TypeNotes behind = notes;
            if ((notes.Description ?? notes.Title) is { } words && words.AsSpan().ContainsAny(JsonLiteral.LineEnds))
            {
                Lines(words, $"{indent} ");
                behind = notes with { Title = null, Description = null };
            }
            _text.Append(indent).Append(" | ");
            Type(type, $"{indent}   ");
            Behind(behind);
        }
    }

    /// <summary>All notes, a comment a line. A title is the name or stands for a missing description, or nothing is told by it.</summary>
    void AboveWhole(TypeNotes notes, string? name)
    {
        bool isNeeded = notes.Description is null && notes.Title != name;
        Above(notes with { Title = null, Description = isNeeded ? notes.Title : notes.Description }, "", withLimits: true);
    }

    /// <summary>Title, description and examples, a comment a line; limits and default too where nothing can stand behind.</summary>
    void Above(TypeNotes notes, string indent, bool withLimits)
    {
        if (notes.IsEmpty)
            return;
        if (notes.Title is { } title)
        {
            Lines(title, indent);
            Lines("", indent, isBlank: true);
        }
        if (notes.Description is { } description)
            Lines(description, indent);
        if (notes.Examples.Count > 0)
        {
            Lines("Examples:", indent);
            foreach (string example in notes.Examples)
                Lines($"- {example}", indent);
        }
        foreach (Note limit in notes.Limits)
            if (withLimits || limit.IsLong)
                Line(limit, indent);
        if (withLimits && notes.Default is { } value)
            _text.Append(indent).Append("// default: ").Append(value).Append('\n');
    }

    void Line(Note limit, string indent)
    {
        _text.Append(indent).Append("// ");
        Say(limit);
        EndLine();
    }

    void Lines(string text, string indent, bool isBlank = false)
    {
        for (ReadOnlySpan<char> rest = text; ;)
        {
            int end = rest.IndexOfAny(JsonLiteral.LineEnds);
            ReadOnlySpan<char> line = end < 0 ? rest : rest[..end];
            _text.Append(indent).Append(isBlank ? "//" : "// ").Append(line).Append('\n');
            if (end < 0)
                return;
            rest = rest[(rest[end..].StartsWith("\r\n", StringComparison.Ordinal) ? end + 2 : end + 1)..];
            if (rest.IsEmpty)
                return;   // a last line end ends the last line
        }
    }

    /// <summary>A comment behind what was written.</summary>
    void Behind(TypeNotes notes)
    {
        if (notes.IsEmpty)
            return;
        _text.Append(" // ");
        Say(notes);
        _isInComment = true;
    }

    void InParentheses(TypeNotes notes)
    {
        if (notes.IsEmpty)
            return;
        _text.Append(" (");
        Say(notes);
        _text.Append(')');
    }

    /// <summary>All notes on one line. Words and a default alone stand as the official style has them.</summary>
    void Say(TypeNotes notes)
    {
        string between = "";
        if ((notes.Description ?? notes.Title) is { } words)
        {
            OneLine(words);
            between = notes.Limits.Count + notes.Examples.Count == 0 ? " " : "; ";
        }
        foreach (Note limit in notes.Limits)
        {
            _text.Append(between);
            Say(limit);
            between = ", ";
        }
        if (notes.Examples.Count > 0)
        {
            _text.Append(between).Append("examples: ").AppendJoin(" or ", notes.Examples);
            between = ", ";
        }
        if (notes.Default is { } value)
            _text.Append(between).Append("default: ").Append(value);
    }

    void Say(Note note)
    {
        bool wasOnOneLine = _isOnOneLine;
        _isOnOneLine = true;
        for (Note? part = note; part is not null; part = part.Next)
        {
            _text.Append(part.Text);
            if (part.Type is { } type)
            {
                Type(type.Type, "");
                InParentheses(type.Notes);
            }
            if (part.Notes is { } notes)
                Say(notes);
        }
        _isOnOneLine = wasOnOneLine;
    }

    void OneLine(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        for (int end; (end = rest.IndexOfAny(JsonLiteral.LineEnds)) >= 0; rest = rest[(end + 1)..].TrimStart())
            _text.Append(rest[..end]).Append(' ');
        _text.Append(rest);
    }

    /// <summary>Writes a part of a type, on a new line where a comment is open.</summary>
    void Write(string part, string indent)
    {
        if (_isInComment)
            Break(indent);
        _text.Append(part);
    }

    void Break(string indent)
    {
        EndLine();
        _text.Append(indent);
    }

    void EndLine()
    {
        _text.Append('\n');
        _isInComment = false;
    }
}
