using System.CommandLine;
using System.Text.RegularExpressions;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>The options that hold an answer to a form, and its reasoning to a length.</summary>
sealed partial class AnswerArguments
{
    readonly Option<FileInfo?> _schema = new("--schema") { Description = "The answer is JSON under the JSON Schema in this file; the model is shown it.", HelpName = "FILE" };
    readonly Option<string?> _regex = new("--regex") { Description = "The answer is text that this regular expression matches as a whole.", HelpName = "PATTERN" };
    readonly Option<FileInfo?> _grammar = new("--grammar") { Description = "The answer is text of the grammar in this file: Lark (.lark, or with a rule 'start:') or GBNF (.gbnf, or with a rule 'root ::=').", HelpName = "FILE" };
    readonly Option<string> _whitespace = SharedOptions.Whitespace();
    readonly Option<int?> _maxReasoning = SharedOptions.Checked(new Option<int?>("--max-reasoning") { Description = "End the reasoning after this many ids and go on to the answer; 0 is none.", HelpName = "N" }, n => n >= 0, "0 or more");
    readonly Option<bool> _noReasoning = new("--no-reasoning") { Description = "Answer at once, as --max-reasoning 0." };

    public void AddTo(Command command)
    {
        command.Add(_schema);
        command.Add(_regex);
        command.Add(_grammar);
        command.Add(_whitespace);
        command.Add(_maxReasoning);
        command.Add(_noReasoning);
        command.Validators.Add(result =>
        {
            if (new Option[] { _schema, _regex, _grammar }.Count(option => result.GetResult(option) is not null) > 1)
                result.AddError("An answer has one form: --schema, --regex and --grammar do not go together.");
            if (result.GetResult(_noReasoning) is { Implicit: false } && result.GetResult(_maxReasoning) is not null)
                result.AddError("--no-reasoning and --max-reasoning do not go together.");
        });
    }

    public int? MaxReasoningTokens(ParseResult line) => line.GetValue(_noReasoning) ? 0 : line.GetValue(_maxReasoning);

    /// <summary>What the answer must be; null where nothing is asked of it.</summary>
    public async Task<AnswerFormat?> ReadAsync(ParseResult line, CancellationToken cancellationToken)
    {
        FileInfo? schema = line.GetValue(_schema), grammar = line.GetValue(_grammar);
        string? regex = line.GetValue(_regex);
        if (regex is not null)
            return new(GrammarSource.Regex(regex));
        if (grammar is not null)
            return new(ReadGrammar(grammar, await File.ReadAllTextAsync(grammar.FullName, cancellationToken)));
        return schema is null ? null
            : AnswerFormat.Json(JsonSchema.Parse(await File.ReadAllTextAsync(schema.FullName, cancellationToken)), options: new() { Whitespace = SharedOptions.WhitespaceOf(line.GetValue(_whitespace)!) });
    }

    static GrammarSource ReadGrammar(FileInfo file, string text) => file.Extension.ToUpperInvariant() switch
    {
        ".LARK" => GrammarSource.Lark(text),
        ".GBNF" => GrammarSource.Gbnf(text),
        _ when GbnfRoot.IsMatch(text) => GrammarSource.Gbnf(text),
        _ when LarkStart.IsMatch(text) => GrammarSource.Lark(text),
        _ => throw new CliException($"'{file}' is neither Lark, whose first rule is 'start:', nor GBNF, whose first rule is 'root ::='."),
    };

    [GeneratedRegex(@"^[ \t]*root[ \t]*::=", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    static partial Regex GbnfRoot { get; }

    [GeneratedRegex(@"^[?!]*start(\.[0-9]+)?[ \t]*:", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    static partial Regex LarkStart { get; }
}
