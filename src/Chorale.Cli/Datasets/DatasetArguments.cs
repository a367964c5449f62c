using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Chorale.Harmony;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary>The options that <c>dataset build</c>, <c>stats</c> and <c>show</c> share.</summary>
sealed class DatasetArguments
{
    const string DateFormat = "yyyy-MM-dd";

    readonly Argument<string[]> _inputs = new("IN") { Description = "Files of rows, JSON lines or JSON, gzip or not, or Harmony text; folders of them; - is standard input.", Arity = ArgumentArity.OneOrMore };
    readonly Option<string?> _format = Choice("--format", "The form of the rows, where it should not be told by their fields.", RowForms.Names, whenMissing: null);
    readonly Option<string?> _learn = Choice("--learn", "What of the last turn is learnt; the rest is there, and not learnt.", LearntPiecesNames.Names, LearntPiecesNames.NameOf(LearntPieces.Everything));
    readonly Option<bool> _lastTurn = new("--last-turn") { Description = "One sample for the last turn of a conversation, not one for each." };
    readonly Option<bool> _responsesOnly = new("--responses-only") { Description = "Instead: one sample a conversation, rendered by a template, masked by markers as the notebooks' train_on_responses_only." };
    readonly Option<string> _template = new("--template") { Description = "The template for --responses-only: a built-in name, or a file.", DefaultValueFactory = _ => "gpt-oss-unsloth", HelpName = "TEMPLATE" };
    readonly Option<string> _instruction = new("--instruction-part") { Description = "The marker that ends what is learnt.", DefaultValueFactory = _ => ResponseMask.InstructionPart, HelpName = "TEXT" };
    readonly Option<string> _response = new("--response-part") { Description = "The marker behind which learning begins.", DefaultValueFactory = _ => ResponseMask.ResponsePart, HelpName = "TEXT" };
    readonly Option<bool> _lastResponse = new("--last-response-only") { Description = "Of --responses-only, only the last response is learnt." };
    readonly Option<string> _date = new("--date") { Description = "The day in system messages: today, none, yyyy-MM-dd, or a span yyyy-MM-dd..yyyy-MM-dd, of which each conversation has a day of its own, always the same.", DefaultValueFactory = _ => "today", HelpName = "DATE" };
    readonly Option<int?> _maxTokens = Positive("--max-tokens", "How many ids a sample may have. No answer is cut.");
    readonly Option<string?> _tooLong = Choice("--too-long", "What becomes of longer samples: their oldest turns are left out, or they are dropped.", ["leave-out-turns", "drop"], "leave-out-turns");
    readonly Option<int?> _pack = Positive("--pack", "Put whole samples together to packs of up to so many ids.");
    readonly Option<bool> _dedupe = new("--dedupe") { Description = "Leave out samples that were there before." };
    readonly Option<string?> _split = new("--split") { Description = "Parts and their shares, train=0.9,test=0.1, told by a stable hash of the first question.", HelpName = "PARTS" };
    readonly Option<string?> _as = Choice("--as", "What is written: input_ids and labels, text with segments, or messages.", ["ids", "text", "messages"], "ids");
    readonly Option<bool> _source = new("--source") { Description = "Each line tells which file, line and turn it is from." };
    readonly Option<bool> _strict = new("--strict") { Description = "The first bad row ends the run." };
    readonly Option<string?> _callType = Choice("--call-type", "The content type of calls that name none: <|constrain|>json as the model writes it, or json as templates do.", ["constrain", "json"], "constrain");
    readonly Option<string?> _beside = Choice("--beside-calls", "What content beside calls is; told by the form where it is not given.", ["reasoning", "preamble"], whenMissing: null);
    readonly Option<string> _schemas = SharedOptions.Schemas();
    readonly Option<FileInfo?> _vocabulary = SharedOptions.Vocabulary();
    readonly Option<int?> _threads = Positive("--threads", "Threads to work with; one a core without it.");

    public DatasetArguments()
    {
        _date.Validators.Add(result => Validate(result, () => ReadDates(result.GetValueOrDefault<string>(), TimeProvider.System)));
        _split.Validators.Add(result => Validate(result, () => ReadSplits(result.GetValueOrDefault<string?>())));
    }

    public void AddTo(Command command)
    {
        command.Add(_inputs);
        foreach (Option option in (IEnumerable<Option>)[_format, _learn, _lastTurn, _responsesOnly, _template, _instruction, _response, _lastResponse, _date, _maxTokens, _tooLong, _pack, _dedupe, _split, _as, _source, _strict, _callType, _beside, _schemas, _vocabulary, _threads])
            command.Add(option);
    }

    public HarmonyEncoding ReadEncoding(ParseResult line) => new(VocabularyFile.Load(line.GetValue(_vocabulary)));

    public IReadOnlyList<DatasetInput> ReadInputs(ParseResult line, CliHost host) => DatasetFiles.Find(line.GetValue(_inputs)!, host);

    public DatasetOptions ReadOptions(ParseResult line, CliHost host) => new()
    {
        Form = RowForms.TryParse(line.GetValue(_format), out RowForm form) ? form : null,
        Samples = new()
        {
            Learn = LearntPiecesNames.TryParse(line.GetValue(_learn), out LearntPieces pieces) ? pieces : default,
            LastTurnOnly = line.GetValue(_lastTurn),
            MaxTokens = line.GetValue(_maxTokens),
            Limit = line.GetValue(_tooLong) == "drop" ? LengthLimit.Drop : LengthLimit.LeaveOutTurns,
            Schemas = SharedOptions.SchemasOf(line.GetValue(_schemas)!),
        },
        Conversion = new() { CallContentType = line.GetValue(_callType) == "json" ? "json" : ConversionOptions.ConstrainedJson },
        ContentBesideCalls = line.GetValue(_beside) switch
        {
            "reasoning" => ContentBesideCalls.Reasoning,
            "preamble" => ContentBesideCalls.Preamble,
            _ => null,
        },
        Dates = ReadDates(line.GetValue(_date), host.Time),
        Output = line.GetValue(_as) switch { "text" => DatasetOutput.Text, "messages" => DatasetOutput.Messages, _ => DatasetOutput.Ids },
        ResponsesOnly = line.GetValue(_responsesOnly)
            ? new() { Template = TemplateArguments.Load(line.GetValue(_template)!), InstructionPart = line.GetValue(_instruction)!, ResponsePart = line.GetValue(_response)!, LastResponseOnly = line.GetValue(_lastResponse) }
            : null,
        PackTokens = line.GetValue(_pack),
        RemoveDuplicates = line.GetValue(_dedupe),
        Splits = ReadSplits(line.GetValue(_split)),
        WithSource = line.GetValue(_source),
        IsStrict = line.GetValue(_strict),
        Threads = line.GetValue(_threads) ?? Environment.ProcessorCount,
    };

    static Option<string?> Choice(string name, string description, IReadOnlyList<string> values, string? whenMissing)
    {
        Option<string?> option = new(name) { Description = description };
        if (whenMissing is not null)
            option.DefaultValueFactory = _ => whenMissing;
        option.AcceptOnlyFromAmong([.. values]);
        return option;
    }

    static Option<int?> Positive(string name, string description) =>
        SharedOptions.Checked(new Option<int?>(name) { Description = description, HelpName = "N" }, value => value > 0, "above 0");

    static void Validate(OptionResult result, Action read)
    {
        try
        {
            read();
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
        }
    }

    static DateSpan? ReadDates(string? text, TimeProvider time)
    {
        switch (text)
        {
            case "none":
                return null;
            case null or "today":
                return DateSpan.Fixed(DateOnly.FromDateTime(time.GetLocalNow().DateTime));
            default:
                string[] ends = text.Split("..");
                DateOnly first = ReadDate(ends[0], text), last = ends.Length == 2 ? ReadDate(ends[1], text) : first;
                return ends.Length <= 2 && last >= first ? new(first, last) : throw WrongDate(text);
        }
    }

    static DateOnly ReadDate(string date, string text) =>
        DateOnly.TryParseExact(date, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day : throw WrongDate(text);

    static FormatException WrongDate(string text) => new($"--date must be today, none, {DateFormat} or {DateFormat}..{DateFormat}, found {text}.");

    static List<DatasetSplit> ReadSplits(string? text)
    {
        List<DatasetSplit> splits = [];
        foreach (string part in text?.Split(',') ?? [])
        {
            string[] pair = part.Split('=');
            bool isName = pair.Length == 2 && pair[0].Length > 0 && pair[0].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && !splits.Exists(split => split.Name == pair[0]);
            if (!isName || !double.TryParse(pair[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) || share <= 0)
                throw new FormatException($"--split must be names and shares, train=0.9,test=0.1, found {text}.");
            splits.Add(new(pair[0], share));
        }
        if (splits.Count > 0 && Math.Abs(splits.Sum(split => split.Share) - 1) > 1e-6)
            throw new FormatException($"The shares of --split must make 1 together, found {text}.");
        return splits;
    }
}
