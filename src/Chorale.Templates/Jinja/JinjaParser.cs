using System.Globalization;
using System.Numerics;
using System.Text;

namespace Chorale.Templates;

/// <summary>Makes statements of a template's tokens; what lies outside the subset is refused here, with line and construct.</summary>
sealed class JinjaParser
{
    /// <summary>How deep blocks, and brackets in expressions, may nest.</summary>
    const int MaxNesting = 50;

    static readonly string[] Keywords = ["and", "else", "if", "in", "is", "not", "or", "elif", "for", "recursive"];

    static readonly string[] OfMacros = ["varargs", "kwargs", "caller"];

    readonly List<Token> _tokens;
    readonly ContextNames _names;
    readonly Stack<HashSet<string>> _macroParameters = new();
    int _position;
    int _nesting;
    bool _usesLoop;

    JinjaParser(List<Token> tokens, ContextNames names) => (_tokens, _names) = (tokens, names);

    Token Current => _tokens[_position];

    /// <summary>Parses a whole template.</summary>
    /// <param name="source">The template.</param>
    /// <param name="names">Takes the names of its macros, and whether it has a <c>generation</c>.</param>
    /// <exception cref="TemplateSyntaxException">It is no Jinja, or uses what lies outside the subset.</exception>
    public static Statement[] Parse(string source, ContextNames names) => new JinjaParser(JinjaLexer.Read(source), names).ParseBody(opener: null, "");

    static TemplateSyntaxException Outside(int line, string construct, string known) => new(line, construct, $"it is outside the subset that is known here: {known}");

    /// <summary>Statements up to a tag that ends them, whose name is then the current token.</summary>
    Statement[] ParseBody(Token? opener, params string[] ends)
    {
        if (++_nesting > MaxNesting)
            throw new TemplateSyntaxException(Current.Line, "block", string.Create(CultureInfo.InvariantCulture, $"blocks nest deeper than {MaxNesting}"));
        List<Statement> body = [];
        while (Current.Kind != TokenKind.End)
        {
            Token token = Next();
            if (token.Kind == TokenKind.Data)
            {
                body.Add(new TextStatement(token.Text, token.Line));
            }
            else if (token.Kind == TokenKind.PrintBegin)
            {
                Expression value = ParseTuple(withConditional: true);
                Expect(TokenKind.PrintEnd);
                body.Add(value is ConstantExpression { Value: StringValue text } ? new TextStatement(text.Value, token.Line) : new PrintStatement(value, token.Line));
            }
            else
            {
                if (Current.Kind == TokenKind.Name && Array.IndexOf(ends, Current.Text) >= 0)
                {
                    _nesting--;
                    return [.. body];
                }
                body.Add(ParseStatement());
            }
        }
        if (opener is { } open)
            throw new TemplateSyntaxException(open.Line, $"'{open.Text}'", $"it has no '{ends[^1]}'");
        _nesting--;
        return [.. body];
    }

    Statement ParseStatement()
    {
        Token name = Current;
        if (name.Kind != TokenKind.Name)
            throw new TemplateSyntaxException(name.Line, name.Describe(), "expected the name of a statement behind '{%'");
        _position++;
        return name.Text switch
        {
            "if" => ParseIf(name),
            "for" => ParseFor(name),
            "set" => ParseSet(name.Line),
            "macro" => ParseMacro(name),
            "generation" => ParseGeneration(name),
            "else" or "elif" or "endif" or "endfor" or "endmacro" or "endgeneration" or "endset" =>
                throw new TemplateSyntaxException(name.Line, $"'{name.Text}'", "nothing is open that it could belong to"),
            _ => throw Outside(name.Line, $"statement '{name.Text}'", "set, if, for, macro, generation"),
        };
    }

    IfStatement ParseIf(Token opener)
    {
        Expression test = ParseTuple(withConditional: false);
        Expect(TokenKind.BlockEnd);
        Statement[] then = ParseBody(opener, "elif", "else", "endif");
        List<IfStatement> elseIfs = [];
        Statement[] otherwise = [];
        while (true)
        {
            Token end = Next();
            if (end.Text == "elif")
            {
                Expression elseTest = ParseTuple(withConditional: false);
                Expect(TokenKind.BlockEnd);
                elseIfs.Add(new IfStatement(elseTest, ParseBody(opener, "elif", "else", "endif"), [], [], end.Line));
                continue;
            }
            Expect(TokenKind.BlockEnd);
            if (end.Text == "else")
            {
                otherwise = ParseBody(opener, "endif");
                _position++;
                Expect(TokenKind.BlockEnd);
            }
            return new IfStatement(test, then, [.. elseIfs], otherwise, opener.Line);
        }
    }

    ForStatement ParseFor(Token opener)
    {
        List<string> targets = [];
        bool brackets = TryTake("(");
        bool isTuple = brackets;
        do
        {
            if (targets.Count > 0 && Current.Kind != TokenKind.Name)
                break;
            targets.Add(ParseTarget());
        }
        while (TryTake(",") && (isTuple = true));
        if (brackets)
            Take(")");
        if (isTuple && targets.Count == 1)
            throw Outside(opener.Line, "'for' with a tuple of one name", "one name, or several");
        if (!TryTake("in"))
            throw new TemplateSyntaxException(Current.Line, Current.Describe(), "expected 'in'");
        Expression iterable = ParseTuple(withConditional: false);
        if (Current.Is("if") || Current.Is("recursive"))
            throw Outside(Current.Line, $"'for' with '{Current.Text}'", "a loop over all members");
        Expect(TokenKind.BlockEnd);

        bool outerUsesLoop = _usesLoop;
        _usesLoop = false;
        Statement[] body = ParseBody(opener, "else", "endfor");
        bool usesLoop = _usesLoop;
        _usesLoop |= outerUsesLoop;
        Statement[] otherwise = [];
        bool hasElse = Next().Text == "else";
        Expect(TokenKind.BlockEnd);
        if (hasElse)
        {
            otherwise = ParseBody(opener, "endfor");
            _position++;
            Expect(TokenKind.BlockEnd);
        }
        return new ForStatement([.. targets], iterable, body, otherwise, usesLoop, opener.Line);
    }

    string ParseTarget()
    {
        Token name = Next();
        if (name.Kind != TokenKind.Name || IsReserved(name.Text))
            throw new TemplateSyntaxException(name.Line, name.Describe(), "expected the name of a variable");
        return name.Text != "loop" ? name.Text : throw new TemplateSyntaxException(name.Line, "'loop'", "it cannot be given a value");
    }

    Statement ParseSet(int line)
    {
        string name = ParseTarget();
        string? field = null;
        if (TryTake("."))
            field = ExpectName("the name of a field");
        if (Current.Is(","))
            throw Outside(line, "'set' of several names", "set x = …, set namespace.field = …");
        if (!Current.Is("="))
            throw Outside(line, "'set' of a block", "set x = …, set namespace.field = …");
        _position++;
        Expression value = ParseTuple(withConditional: true);
        Expect(TokenKind.BlockEnd);
        return field is null ? new SetStatement(name, value, line) : new SetFieldStatement(new NameExpression(name), field, value, line);
    }

    MacroStatement ParseMacro(Token opener)
    {
        string name = ParseTarget();
        _names.Macros.Add(name);
        Take("(");
        List<(string Name, Expression? Default)> parameters = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        while (!TryTake(")"))
        {
            if (parameters.Count > 0)
            {
                Take(",");
                if (TryTake(")"))
                    break;
            }
            Token parameter = Current;
            string parameterName = ParseTarget();
            Expression? value = TryTake("=") ? ParseExpression() : null;
            if (value is null && parameters is [.., { Default: not null }])
                throw new TemplateSyntaxException(parameter.Line, $"parameter '{parameterName}'", "it has no default value, but one before it has");
            if (!names.Add(parameterName))
                throw new TemplateSyntaxException(parameter.Line, $"parameter '{parameterName}'", "there are two of that name");
            parameters.Add((parameterName, value));
        }
        Expect(TokenKind.BlockEnd);
        bool outerUsesLoop = _usesLoop;
        _macroParameters.Push(names);
        Statement[] body = ParseBody(opener, "endmacro");
        _macroParameters.Pop();
        _usesLoop |= outerUsesLoop;
        _position++;
        Expect(TokenKind.BlockEnd);
        return new MacroStatement(new Macro(name, [.. parameters], body), opener.Line);
    }

    GenerationStatement ParseGeneration(Token opener)
    {
        Expect(TokenKind.BlockEnd);
        _names.HasGeneration = true;
        Statement[] body = ParseBody(opener, "endgeneration");
        _position++;
        Expect(TokenKind.BlockEnd);
        return new GenerationStatement(body, opener.Line);
    }

    /// <summary>One expression, or a tuple of several with commas between.</summary>
    Expression ParseTuple(bool withConditional, bool inBrackets = false)
    {
        List<Expression> members = [];
        bool isTuple = false;
        while (true)
        {
            if (members.Count > 0)
            {
                if (!TryTake(","))
                    break;
                isTuple = true;
            }
            if (EndsTuple())
                break;
            members.Add(withConditional ? ParseExpression() : ParseOr());
        }
        if (!isTuple)
        {
            if (members.Count > 0)
                return members[0];
            if (!inBrackets)
                throw new TemplateSyntaxException(Current.Line, Current.Describe(), "expected an expression");
        }
        return Checked(new ListExpression([.. members], isTuple: true));
    }

    bool EndsTuple() => Current.Kind is TokenKind.PrintEnd or TokenKind.BlockEnd || Current.Is(")");

    Expression ParseExpression()
    {
        if (++_nesting > 2 * MaxNesting)
            throw new TemplateSyntaxException(Current.Line, "expression", string.Create(CultureInfo.InvariantCulture, $"expressions nest deeper than {MaxNesting}"));
        Expression value = ParseOr();
        while (TryTake("if"))
        {
            Expression test = ParseOr();
            Expression? otherwise = TryTake("else") ? ParseExpression() : null;
            value = Checked(new ConditionalExpression(test, value, otherwise));
        }
        _nesting--;
        return value;
    }

    Expression ParseOr()
    {
        List<Expression> operands = [ParseAnd()];
        while (TryTake("or"))
            operands.Add(ParseAnd());
        return operands.Count == 1 ? operands[0] : Checked(new OrExpression([.. operands]));
    }

    Expression ParseAnd()
    {
        List<Expression> operands = [ParseNot()];
        while (TryTake("and"))
            operands.Add(ParseNot());
        return operands.Count == 1 ? operands[0] : Checked(new AndExpression([.. operands]));
    }

    Expression ParseNot()
    {
        int count = 0;
        while (TryTake("not"))
            count++;
        Expression value = ParseCompare();
        for (; count > 0; count--)
            value = Checked(new NotExpression(value));
        return value;
    }

    Expression ParseCompare()
    {
        Expression first = ParseSum();
        List<(Comparison Comparison, Expression Operand)> rest = [];
        while (TryTakeComparison() is { } comparison)
            rest.Add((comparison, ParseSum()));
        return rest.Count == 0 ? first : Checked(new CompareExpression(first, [.. rest]));
    }

    Comparison? TryTakeComparison()
    {
        Comparison? comparison = Current switch
        {
            { Kind: TokenKind.Operator, Text: "==" } => Comparison.Equal,
            { Kind: TokenKind.Operator, Text: "!=" } => Comparison.NotEqual,
            { Kind: TokenKind.Operator, Text: "<" } => Comparison.Less,
            { Kind: TokenKind.Operator, Text: "<=" } => Comparison.LessOrEqual,
            { Kind: TokenKind.Operator, Text: ">" } => Comparison.Greater,
            { Kind: TokenKind.Operator, Text: ">=" } => Comparison.GreaterOrEqual,
            { Kind: TokenKind.Name, Text: "in" } => Comparison.In,
            { Kind: TokenKind.Name, Text: "not" } when _tokens[_position + 1].Is("in") => Comparison.NotIn,
            _ => null,
        };
        if (comparison is not null)
            _position += comparison == Comparison.NotIn ? 2 : 1;
        return comparison;
    }

    Expression ParseSum()
    {
        List<Expression> terms = [ParseUnary(withFilters: true)];
        while (true)
        {
            bool plus = Current.Is("+"), minus = Current.Is("-");
            if (Current.Kind == TokenKind.Operator && Current.Text is "*" or "/" or "//" or "%" or "**" or "~")
                throw Outside(Current.Line, $"operator '{Current.Text}'", "and or not in == != < <= > >= + -");
            if (!plus && !minus)
                return Sum(terms);
            _position++;
            Expression operand = ParseUnary(withFilters: true);
            if (plus)
                terms.Add(operand);
            else
                terms = [Checked(new SubtractExpression(Sum(terms), operand))];
        }
    }

    Expression Sum(List<Expression> terms) => terms.Count == 1 ? terms[0] : Checked(new AddExpression([.. terms]));

    Expression ParseUnary(bool withFilters)
    {
        Expression value;
        if (Current.Is("-") || Current.Is("+"))
        {
            if (++_nesting > 2 * MaxNesting)
                throw new TemplateSyntaxException(Current.Line, "expression", "too many signs in a row");
            bool isPlus = Next().Text == "+";
            value = Checked(new NegateExpression(ParseUnary(withFilters: false), isPlus));
            _nesting--;
        }
        else
        {
            value = ParsePrimary();
        }
        value = ParsePostfix(value);
        return withFilters ? ParseFilters(value) : value;
    }

    Expression ParsePrimary()
    {
        Token token = Next();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return ParseName(token);
            case TokenKind.Text:
                StringBuilder text = new(token.Text);
                while (Current.Kind == TokenKind.Text)
                    text.Append(Next().Text);
                return new ConstantExpression(new StringValue(text.ToString(), PieceKind.Template));
            case TokenKind.Integer:
                return new ConstantExpression(IntegerValue.Of(BigInteger.Parse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture)));
            case TokenKind.Float:
                return new ConstantExpression(new FloatValue(double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture)));
            case TokenKind.Operator when token.Text == "(":
                if (++_nesting > 2 * MaxNesting)
                    throw new TemplateSyntaxException(token.Line, "expression", "brackets nest too deep");
                Expression inner = ParseTuple(withConditional: true, inBrackets: true);
                _nesting--;
                Take(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return ParseList();
            case TokenKind.Operator when token.Text == "{":
                throw Outside(token.Line, "dictionary literal", "texts, numbers, true, false, none, lists");
            default:
                throw new TemplateSyntaxException(token.Line, token.Describe(), "expected an expression");
        }
    }

    Expression ParseName(Token token)
    {
        switch (token.Text)
        {
            case "true" or "True":
                return new ConstantExpression(BooleanValue.True);
            case "false" or "False":
                return new ConstantExpression(BooleanValue.False);
            case "none" or "None":
                return new ConstantExpression(NoneValue.Instance);
        }
        if (Array.IndexOf(OfMacros, token.Text) >= 0 && _macroParameters.Count > 0 && !_macroParameters.Any(names => names.Contains(token.Text)))
            throw Outside(token.Line, $"'{token.Text}' in a macro", "named parameters");
        _usesLoop |= token.Text == "loop";
        return new NameExpression(token.Text);
    }

    Expression ParseList()
    {
        List<Expression> members = [];
        while (!TryTake("]"))
        {
            if (members.Count > 0)
            {
                Take(",");
                if (TryTake("]"))
                    break;
            }
            members.Add(ParseExpression());
        }
        return Checked(new ListExpression([.. members], isTuple: false));
    }

    Expression ParsePostfix(Expression value)
    {
        while (true)
        {
            if (TryTake("."))
                value = Checked(ParseAttribute(value));
            else if (TryTake("["))
                value = Checked(ParseSubscript(value));
            else if (Current.Is("("))
                value = Checked(ParseCall(value));
            else
                return value;
        }
    }

    Expression ParseAttribute(Expression owner)
    {
        Token name = Next();
        if (name.Kind == TokenKind.Integer)
            return new ItemExpression(owner, new ConstantExpression(IntegerValue.Of(BigInteger.Parse(name.Text, NumberStyles.None, CultureInfo.InvariantCulture))));
        if (name.Kind != TokenKind.Name)
            throw new TemplateSyntaxException(name.Line, name.Describe(), "expected a name or an index behind '.'");
        if (!Current.Is("("))
            return new AttributeExpression(owner, name.Text);
        if (!MethodExpression.Known.TryGetValue(name.Text, out (Method Method, int Least, int Most) method))
            throw Outside(name.Line, $"method '{name.Text}'", string.Join(", ", MethodExpression.Known.Keys));
        (Expression[] arguments, (string Name, Expression Value)[] named) = ParseArguments();
        if (named.Length > 0 || arguments.Length < method.Least || arguments.Length > method.Most)
            throw Outside(name.Line, $"arguments of method '{name.Text}'", string.Create(CultureInfo.InvariantCulture, $"{method.Least} to {method.Most} without a name"));
        return new MethodExpression(owner, name.Text, method.Method, arguments);
    }

    Expression ParseSubscript(Expression owner)
    {
        int line = Current.Line;
        Expression? start = Current.Is(":") ? null : ParseExpression();
        Expression? stop = null, step = null;
        bool isSlice = TryTake(":");
        if (isSlice)
        {
            stop = Current.Is(":") || Current.Is("]") ? null : ParseExpression();
            if (TryTake(":"))
                step = Current.Is("]") ? null : ParseExpression();
        }
        if (Current.Is(","))
            throw Outside(line, "subscript of several parts", "an index, a key, a slice");
        Take("]");
        return isSlice ? new SliceExpression(owner, start, stop, step) : new ItemExpression(owner, start!);
    }

    CallExpression ParseCall(Expression target)
    {
        int line = Current.Line;
        if (target is not NameExpression name)
            throw Outside(line, "call of an expression", "macros, functions and methods are called by name");
        (Expression[] arguments, (string Name, Expression Value)[] named) = ParseArguments();
        return new CallExpression(name, arguments, named, line);
    }

    (Expression[] Arguments, (string Name, Expression Value)[] Named) ParseArguments()
    {
        Take("(");
        List<Expression> arguments = [];
        List<(string Name, Expression Value)> named = [];
        bool first = true;
        while (!TryTake(")"))
        {
            if (!first)
            {
                Take(",");
                if (TryTake(")"))
                    break;
            }
            first = false;
            if (Current.Kind == TokenKind.Operator && Current.Text is "*" or "**")
                throw Outside(Current.Line, $"'{Current.Text}' in a call", "arguments one by one");
            if (Current.Kind == TokenKind.Name && _tokens[_position + 1].Is("="))
            {
                Token name = Next();
                _position++;
                if (named.Exists(argument => argument.Name == name.Text))
                    throw new TemplateSyntaxException(name.Line, $"argument '{name.Text}'", "it is given twice");
                named.Add((name.Text, ParseExpression()));
                continue;
            }
            if (named.Count > 0)
                throw new TemplateSyntaxException(Current.Line, Current.Describe(), "an argument without a name stands behind one with a name");
            arguments.Add(ParseExpression());
        }
        return ([.. arguments], [.. named]);
    }

    /// <summary>Filters and tests, which bind tighter than any operator.</summary>
    Expression ParseFilters(Expression value)
    {
        while (true)
        {
            if (TryTake("|"))
                value = Checked(ParseFilter(value));
            else if (TryTake("is"))
                value = Checked(ParseTest(value));
            else if (Current.Is("("))
                throw Outside(Current.Line, "call of an expression", "macros, functions and methods are called by name");
            else
                return value;
        }
    }

    FilterExpression ParseFilter(Expression operand)
    {
        int line = Current.Line;
        string name = ExpectName("the name of a filter");
        if (!FilterExpression.Known.TryGetValue(name, out Filter filter))
            throw Outside(line, $"filter '{name}'", string.Join(", ", FilterExpression.Known.Keys));
        (Expression[] arguments, (string Name, Expression Value)[] named) = Current.Is("(") ? ParseArguments() : ([], []);
        (string[] parameters, int unnamed) = filter switch
        {
            Filter.ToJson => (new[] { "indent" }, 0),
            Filter.Join => (["d"], 1),
            Filter.Trim => (["chars"], 1),
            Filter.Select or Filter.Reject => (["test", "value"], 2),
            Filter.Default => (["default_value", "boolean"], 2),
            _ => ([], 0),
        };
        Expression?[] values = new Expression?[2];
        bool fits = arguments.Length <= unnamed && named.Length <= parameters.Length;
        for (int i = 0; fits && i < arguments.Length; i++)
            values[i] = arguments[i];
        foreach ((string argument, Expression value) in named)
        {
            int place = Array.IndexOf(parameters, argument);
            fits = fits && place >= arguments.Length;
            if (fits)
                values[place] = value;
        }
        if (filter is Filter.Select or Filter.Reject)
            fits = fits && arguments is [ConstantExpression { Value: StringValue { Value: "equalto" or "eq" or "==" } }, _];
        return fits
            ? new FilterExpression(filter, operand, values[0], values[1])
            : throw Outside(line, $"arguments of filter '{name}'", filter is Filter.Select or Filter.Reject ? "'equalto' and a value" : parameters.Length == 0 ? "none" : string.Join(", ", parameters));
    }

    Expression ParseTest(Expression operand)
    {
        bool negated = TryTake("not");
        int line = Current.Line;
        string name = ExpectName("the name of a test");
        Expression test;
        if (name is "equalto" or "eq")
        {
            Expression[] arguments = Current.Is("(") ? ParseArguments().Arguments : [ParsePostfix(ParsePrimary())];
            if (arguments.Length != 1)
                throw Outside(line, $"arguments of test '{name}'", "one");
            test = new EqualToExpression(operand, arguments[0]);
        }
        else if (TestExpression.Known.TryGetValue(name, out Func<TemplateValue, bool>? known))
        {
            // Jinja takes whatever can begin an expression for the test's argument; none of these has one.
            bool hasArgument = Current.Kind is TokenKind.Text or TokenKind.Integer or TokenKind.Float || Current.Is("(") || Current.Is("[") || Current.Is("{")
                || (Current.Kind == TokenKind.Name && Current.Text is not ("else" or "or" or "and" or "is"));
            if (hasArgument)
                throw Outside(line, $"argument of test '{name}'", "none");
            if (Current.Is("is"))
                throw new TemplateSyntaxException(Current.Line, "'is'", "tests cannot be chained");
            test = new TestExpression(operand, known);
        }
        else
        {
            throw Outside(line, $"test '{name}'", string.Join(", ", TestExpression.Known.Keys.Append("equalto")));
        }
        return negated ? Checked(new NotExpression(test)) : test;
    }

    static bool IsReserved(string name) => Array.IndexOf(Keywords, name) >= 0 || name is "true" or "True" or "false" or "False" or "none" or "None";

    /// <summary>Refuses what nests so deep that carrying it out could exhaust the stack.</summary>
    Expression Checked(Expression expression) => expression.Depth <= Expression.MaxDepth
        ? expression
        : throw new TemplateSyntaxException(Current.Line, "expression", string.Create(CultureInfo.InvariantCulture, $"expressions nest deeper than {Expression.MaxDepth}"));

    Token Next() => Current.Kind == TokenKind.End ? Current : _tokens[_position++];

    bool TryTake(string text)
    {
        if (!Current.Is(text))
            return false;
        _position++;
        return true;
    }

    void Take(string text)
    {
        if (!TryTake(text))
            throw new TemplateSyntaxException(Current.Line, Current.Describe(), $"expected '{text}'");
    }

    void Expect(TokenKind kind)
    {
        if (Current.Kind != kind)
            throw new TemplateSyntaxException(Current.Line, Current.Describe(), $"expected {new Token(kind, "", 0).Describe()}");
        _position++;
    }

    string ExpectName(string what)
    {
        Token name = Next();
        return name.Kind == TokenKind.Name ? name.Text : throw new TemplateSyntaxException(name.Line, name.Describe(), $"expected {what}");
    }
}
