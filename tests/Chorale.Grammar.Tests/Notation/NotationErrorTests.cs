namespace Chorale.Grammar.Tests;

public class NotationErrorTests
{
    [Theory]
    [InlineData("", 1, 1, "no rule 'start'")]
    [InlineData("rule: \"a\"", 1, 1, "no rule 'start'")]
    [InlineData("start: \"a", 1, 8, "not closed: found the end of the grammar")]
    [InlineData("start: \"a\n\"b\"", 1, 8, "not closed: found the end of the line")]
    [InlineData("start: \"a\\", 1, 8, "not closed")]
    [InlineData("start: /a", 1, 8, "not closed: found the end of the grammar")]
    [InlineData("start: /a\nb/", 1, 8, "flag x")]
    [InlineData("start: (\"a\"", 1, 12, "Found the end of the grammar, where ')', for the '(' of line 1, was expected.")]
    [InlineData("start: [\"a\"\nb: \"c\"", 2, 2, "Found ':', where ']', for the '[' of line 1, was expected.")]
    [InlineData("start: [\"a\")", 1, 12, "Found ')', where ']'")]
    [InlineData("start: \"a\")", 1, 11, "Found ')', where the end of the line was expected.")]
    [InlineData("start: \"a\"\n\n  \"b\"", 3, 3, "Found \"b\", where a rule, a terminal, %import or %ignore was expected.")]
    [InlineData("start \"a\"", 1, 7, "Found \"a\", where ':' and what 'start' describes was expected.")]
    [InlineData("start:\n  b c", 2, 3, "The rule 'b' is used but not defined.")]
    [InlineData("start: A", 1, 8, "The terminal 'A' is used but not defined.")]
    [InlineData("start: a WS\na: \"b\"", 1, 10, "'%import common.WS'")]
    [InlineData("start: \"a\"\nunused: nothing", 2, 9, "The rule 'nothing' is used but not defined.")]
    [InlineData("start: \"a\"\nA: \"b\"\nstart: \"c\"", 3, 1, "'start' is defined a second time; it was first in line 1.")]
    [InlineData("start: INT\nINT: /1/\n%import common.INT", 3, 16, "'INT' is defined a second time; it was first in line 2.")]
    [InlineData("start: A\nA: b\nb: \"x\"", 2, 4, "Found the rule 'b' in a terminal")]
    [InlineData("start: A\nA: \"(\" B \")\"\nB: C | \"x\"\nC: A", 4, 4, "The terminal 'A' refers to itself")]
    [InlineData("start: A\nA: \"a\" A?", 2, 8, "The terminal 'A' refers to itself")]
    [InlineData("start: aB", 1, 8, "Found the name 'aB', but rules are lower case and terminals upper case.")]
    [InlineData("start: _", 1, 8, "Found the name '_'")]
    [InlineData("start: \"a\"**", 1, 12, "Found '*' after '*'")]
    [InlineData("start: \"a\"+?", 1, 12, "Found '?' after '+'")]
    [InlineData("start: *", 1, 8, "Found '*', where the end of the line was expected.")]
    [InlineData("start: \"a\"~", 1, 12, "Found the end of the grammar, where a number of times was expected.")]
    [InlineData("start: \"a\"~3..2", 1, 15, "Found 2 as the greatest count, which is less than the least, 3.")]
    [InlineData("start: \"a\"~99999999999999999999", 1, 12, "Found 99999999999999999999; at most 1000000 is possible here.")]
    [InlineData("start: \"b\"..\"a\"", 1, 8, "whose last character is before its first")]
    [InlineData("start: \"ab\"..\"c\"", 1, 8, "Found \"ab\" as an end of a range")]
    [InlineData("start: \"a\"..\"c\"i", 1, 13, "Found \"c\"i as an end of a range")]
    [InlineData("start: \"a\"..b", 1, 13, "Found 'b', where the last character of a range, in quotes, was expected.")]
    [InlineData("start: \"\\d\"", 1, 9, "Found a backslash and 'd'; known are")]
    [InlineData("start: \"\\xg0\"", 1, 11, "Found 'g' in an escape, where 2 hexadecimal digits were expected.")]
    [InlineData("start: \"\\u12\"", 1, 13, "Found '\"' in an escape, where 4 hexadecimal digits were expected.")]
    [InlineData("start: \"a\\uD83D\"", 1, 10, "U+D83D, half of a surrogate pair")]
    [InlineData("start: \"\\U00110000\"", 1, 11, "110000, which is beyond the last character")]
    [InlineData("start: 'a'", 1, 8, "strings stand in double quotes")]
    [InlineData("start: <|end|>", 1, 8, "special tokens cannot stand in a Lark grammar")]
    [InlineData("start: \"a\" ; ", 1, 12, "Found ';', which begins nothing")]
    [InlineData("start: \"a\" \u0001", 1, 12, "Found U+0001, which begins nothing")]
    [InlineData("start: /a(/", 1, 10, "")]
    [InlineData("start: \"x\" /[/", 1, 13, "")]
    [InlineData("start: /a\n b(\n/x", 2, 3, "")]
    [InlineData("start: /a/q", 1, 11, "Found the flag 'q'")]
    [InlineData("start: /a(?=b)/", 1, 10, "lookahead")]
    [InlineData("start: /(?<!b)a/", 1, 9, "lookbehind")]
    [InlineData("start: /a*?/", 1, 11, "lazy quantifier")]
    [InlineData("start: /(a|b){2,3}?/", 1, 19, "lazy quantifier")]
    [InlineData("start: /^a/", 1, 9, "Found ^: anchors")]
    [InlineData("start: /a[$^]$/", 1, 14, "Found $: anchors")]
    [InlineData("start: /\\bword/", 1, 9, "Found \\b: anchors and word boundaries")]
    [InlineData("start: /(a)\\1/", 1, 12, "")]
    [InlineData("%import python.NAME\nstart: \"a\"", 1, 9, "Found 'python', where 'common'")]
    [InlineData("%import .a.B\nstart: \"a\"", 1, 9, "Found '.', where 'common'")]
    [InlineData("%import common.STRING\nstart: \"a\"", 1, 16, "Found 'STRING', which is not in the module common; it has DIGIT, ")]
    [InlineData("%import common (INT, )\nstart: \"a\"", 1, 22, "Found ')', where the name of a terminal was expected.")]
    [InlineData("%import common.INT -> number\nstart: \"a\"", 1, 23, "Found 'number', but the name of a terminal is upper case.")]
    [InlineData("%import common\nstart: \"a\"", 1, 15, "Found the end of the line, where '.' was expected.")]
    [InlineData("start: \"a\"\n%declare X", 2, 1, "Found '%declare', which is not supported")]
    [InlineData("start: \"a\"\n%override start: \"b\"", 2, 1, "Found '%override', which is not supported")]
    [InlineData("start: %json {}", 1, 8, "Found '%json', where the end of the line was expected.")]
    [InlineData("%llguidance {}\nstart: \"a\"", 1, 1, "Found '%llguidance', which is not supported")]
    [InlineData("@x\nstart: \"a\"", 1, 1, "Found '@'")]
    [InlineData("start: \"a\"\n%ignore start", 2, 9, "Found the rule 'start' in a terminal")]
    [InlineData("start: \"a\"\n%ignore X", 2, 9, "The terminal 'X' is used but not defined.")]
    [InlineData("start: \"a\" -> ", 1, 15, "Found the end of the grammar, where an alias was expected.")]
    [InlineData("start: (\"a\" -> b)", 1, 13, "Found '->' in brackets")]
    [InlineData("start: A\nA: \"a\" -> b", 2, 8, "Found '->' in a terminal")]
    [InlineData("start.x: \"a\"", 1, 7, "Found 'x', where the number of a priority was expected.")]
    [InlineData("start{x}: x", 1, 1, "Found parameters of the rule 'start'")]
    [InlineData("start: t{\"a\"}\nt{x, x}: x", 2, 6, "Found the parameter 'x' a second time.")]
    [InlineData("start: t{\"a\"}\nt{x, y}: x y", 1, 8, "'t' is used with 1 arguments but defined with 2 parameters.")]
    [InlineData("start: t\nt{x}: x", 1, 8, "'t' is used with 0 arguments but defined with 1 parameters.")]
    [InlineData("start: t{\"a\"}\nt{x}: y", 2, 7, "The rule 'y' is used but not defined.")]
    [InlineData("start: t{(\"a\")}\nt{x}: x", 1, 10, "Found '(', where a name, a string or a regular expression was expected.")]
    [InlineData("start: t{\"a\"\nt{x}: x", 2, 1, "Found 't', where '}' was expected.")]
    [InlineData("start: t{\"a\"}\nt{x}: x | t{u{x}}\nu{x}: x \"b\"", 2, 11, "more than 1000 different arguments")]
    [InlineData("start: T{\"a\"}\nT{x}: x", 1, 9, "Found '{', where the end of the line was expected.")]
    [InlineData("start: t\nT{x}: \"x\"", 2, 2, "only rules can be templates")]
    [InlineData("start: (x~5000)~5000\nx: \"(\" x \")\" | \"x\"", 1, 8, "come to more than 10000 states")]
    public void Lark_says_where_and_what(string grammar, int line, int column, string problem) =>
        CheckError(() => CompiledGrammar.Compile(GrammarSource.Lark(grammar)), line, column, problem);

    [Theory]
    [InlineData("", 1, 1, "no rule 'root'")]
    [InlineData("a ::= \"b\"", 1, 1, "no rule 'root'")]
    [InlineData("root ::= \"a", 1, 10, "not closed: found the end of the grammar where '\"' was expected")]
    [InlineData("root ::= [a", 1, 10, "not closed: found the end of the grammar where ']' was expected")]
    [InlineData("root ::= [a-", 1, 10, "not closed")]
    [InlineData("root ::= (\"a\"", 1, 14, "Found the end of the grammar, where a part of the rule, or ')' for the '(' of line 1, was expected.")]
    [InlineData("root ::= (\n\"a\"\nb ::= \"c\"", 3, 3, "Found ':', where a part of the rule, or ')' for the '(' of line 1, was expected.")]
    [InlineData("root ::= \"a\")", 1, 13, "Found ')', where a part of the rule or the end of the line was expected.")]
    [InlineData("root ::= a\n\"b\"\na ::= \"c\"", 2, 1, "Found '\"', where the name of a rule was expected.")]
    [InlineData("root := \"a\"", 1, 6, "Found ':', where '::=' and what 'root' describes was expected.")]
    [InlineData("root", 1, 5, "Found the end of the grammar, where '::=' and what 'root' describes was expected.")]
    [InlineData("root\n::= \"a\"", 1, 5, "Found the end of the line, where '::='")]
    [InlineData("root ::=\nb ::= \"c\"", 2, 3, "Found ':', where a part of the rule or the end of the line was expected.")]
    [InlineData("root ::= b", 1, 10, "The rule 'b' is used but not defined.")]
    [InlineData("root ::= \"a\"\nc ::= ([x] | d-e)", 2, 14, "The rule 'd-e' is used but not defined.")]
    [InlineData("root ::= \"a\"\n\nroot ::= \"b\"", 3, 1, "'root' is defined a second time; it was first in line 1.")]
    [InlineData("root ::= *", 1, 10, "Found '*', where something to repeat before it was expected.")]
    [InlineData("root ::= \"a\" | {2}", 1, 16, "Found '{', where something to repeat before it was expected.")]
    [InlineData("root ::= \"a\"{2", 1, 15, "Found the end of the grammar, where ',' or '}' was expected.")]
    [InlineData("root ::= \"a\"{x}", 1, 14, "Found 'x' where a number was expected.")]
    [InlineData("root ::= \"a\"{,}", 1, 15, "Found '}' where a number was expected.")]
    [InlineData("root ::= \"a\"{2,3,4}", 1, 17, "Found ',', where '}' was expected.")]
    [InlineData("root ::= \"a\"{3,2}", 1, 16, "Found 2 as the greatest count, which is less than the least, 3.")]
    [InlineData("root ::= \"a\"{1000001}", 1, 14, "Found 1000001; at most 1000000 is possible here.")]
    [InlineData("root ::= \"\\q\"", 1, 11, "Found a backslash and 'q'; known are")]
    [InlineData("root ::= \"a\\", 1, 12, "Found a backslash and the end of the grammar")]
    [InlineData("root ::= \"\\x4g\"", 1, 14, "Found 'g' in an escape, where 2 hexadecimal digits were expected.")]
    [InlineData("root ::= [\\uD800]", 1, 11, "U+D800, half of a surrogate pair")]
    [InlineData("root ::= \"\\U00110000\"", 1, 13, "beyond the last character")]
    [InlineData("root ::= [z-a]", 1, 11, "Found the range z-a, whose last character is before its first.")]
    [InlineData("root ::= []", 1, 10, "Found [], a class of characters with nothing in it")]
    [InlineData("root ::= [^]", 1, 10, "Found [^], a class of characters with nothing in it")]
    [InlineData("root ::= !<|end|>", 1, 10, "Found '!<': any token but one is not supported.")]
    [InlineData("root ::= !a", 1, 10, "Found '!', where a part of the rule or the end of the line was expected.")]
    [InlineData("root ::= <[12>", 1, 14, "Found '>', where ']>' was expected.")]
    [InlineData("root ::= <[x]>", 1, 12, "Found 'x' where a number was expected.")]
    [InlineData("root ::= <[5]", 1, 14, "Found the end of the grammar, where '>' was expected.")]
    [InlineData("root ::= <|end|\n", 1, 10, "not closed: found the end of the line where '>' was expected.")]
    [InlineData("root ::= \"a\" <think>", 1, 14, "Found <think>, which is not a special token of the vocabulary.")]
    [InlineData("root ::= <[17]>", 1, 10, "Found the token 17, which is not a special token of the vocabulary")]
    [InlineData("root ::= <[999999999]>", 1, 10, "Found the token 999999999, which is not")]
    [InlineData("root ::= 'a'", 1, 10, "Found ''', where a part of the rule or the end of the line was expected.")]
    [InlineData("root ::= \"a\"\r\nb ::= \"b\"\rc == \"c\"", 3, 3, "Found '='")]
    [InlineData("root ::= a{5000} a{5100,}\na ::= \"(\" a \")\" | \"x\"", 1, 18, "come to more than 10000 states")]
    public void Gbnf_says_where_and_what(string grammar, int line, int column, string problem) =>
        CheckError(() => CompiledGrammar.Compile(GrammarSource.Gbnf(grammar)), line, column, problem);

    [Fact]
    public void Nesting_length_and_number_are_bounded()
    {
        string open = new('(', 257), close = new(')', 257);
        CheckError(() => GrammarSource.Lark($"start: {open}\"a\"{close}"), 1, 8 + 256, "nested more than 256 deep");
        CheckError(() => GrammarSource.Gbnf($"root ::= {open}\"a\"{close}"), 1, 10 + 256, "nested more than 256 deep");
        CheckError(() => GrammarSource.Lark($"start: {string.Concat(Enumerable.Repeat("t{", 257))}"), 1, 8 + 512, "nested more than 256 deep");
        CheckError(() => GrammarSource.Gbnf($"root ::= \"a\"{new string('*', 257)}"), 1, 13 + 256, "More than 256 operators");
        CheckError(() => GrammarSource.Lark("start: \"a\" //" + new string(' ', 1 << 20)), 1, 1, "at most 1048576 are read");
        CheckError(() => GrammarSource.Gbnf("root ::= \"a\" #" + new string(' ', 1 << 20)), 1, 1, "at most 1048576 are read");
        string rules = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"a{i}: \"\"\n"));
        CheckError(() => GrammarSource.Lark(rules + "start: a1"), 20_001, 1, "more than 20000 rules");
        CheckError(() => GrammarSource.Gbnf(rules.Replace(":", "::=", StringComparison.Ordinal) + "root ::= a1"), 20_001, 1, "more than 20000 rules");
    }

    [Fact]
    public void A_lone_surrogate_is_an_error()    // no attribute can hold one
    {
        CheckError(() => GrammarSource.Lark("start: \"a\ud800\""), 1, 10, "lone surrogate");
        CheckError(() => GrammarSource.Gbnf("root ::= \n\"\udc00\ud800\""), 2, 2, "lone surrogate");
    }

    [Theory]
    [InlineData("start: start \"a\"")]
    [InlineData("start: a\na: b \"x\" | \"(\" a \")\"\nb: a")]
    [InlineData("start: start")]
    [InlineData("start: /[^\\s\\S]/")]
    public void A_grammar_without_any_text_is_refused(string grammar) =>
        Assert.Throws<GrammarException>(() => CompiledGrammar.Compile(GrammarSource.Lark(grammar)));

    static void CheckError(Action action, int line, int column, string problem)
    {
        GrammarSyntaxException error = Assert.Throws<GrammarSyntaxException>(action);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
    }
}
