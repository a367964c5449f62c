using Chorale.Harmony;
using Chorale.Templates;

namespace Chorale.Training;

/// <summary>Makes one sample of a whole conversation, rendered by a template and masked by markers as notebooks do it.</summary>
sealed class MarkerSampler
{
    static readonly DateOnly NoDate = new(2025, 8, 5);

    readonly HarmonyEncoding _encoding;
    readonly ChatTemplate _template;
    readonly ResponseMaskOptions _options;
    readonly int[] _instruction;
    readonly int[] _response;
    readonly int _start;
    readonly HashSet<int> _ends;

    public MarkerSampler(HarmonyEncoding encoding, ResponseMaskOptions options)
    {
        _encoding = encoding;
        _options = options;
        _template = options.Template ?? ChatTemplate.Named("gpt-oss-unsloth");
        _instruction = encoding.Tokenizer.EncodeWithSpecials(options.InstructionPart);
        _response = encoding.Tokenizer.EncodeWithSpecials(options.ResponsePart);
        _ = encoding.Tokenizer.TryGetSpecial("<|start|>", out _start);
        _ends = [.. encoding.StopTokens];
    }

    public TrainingSample? Build(History history, DateOnly? date, int? maxTokens, out DropReason reason)
    {
        reason = DropReason.Refused;
        int[] ids;
        try
        {
            ids = _template.RenderIds(InputOf(history, date), _encoding.Tokenizer);
        }
        catch (TemplateRenderException)
        {
            return null;
        }
        reason = DropReason.TooLong;
        if (ids.Length > maxTokens)
            return null;
        IReadOnlyList<TokenRun> runs = ResponseMask.Find(ids, _instruction, _response, _options.LastResponseOnly);
        reason = DropReason.NothingLearnt;
        return runs.Count == 0 ? null : new(ids, runs, turn: 0, [], Check(ids, runs));
    }

    /// <summary>A history for a template, its reasoning under <c>thinking</c>.</summary>
    internal static TemplateInput InputOf(History history, DateOnly? date) => new()
    {
        Messages = TemplateValue.FromJson(HistoryWriter.WriteMessages(history)),
        Tools = history.Tools is { } tools ? TemplateValue.FromJson(tools) : null,
        Variables = HistoryWriter.VariablesOf(history),
        Date = date ?? NoDate,
    };

    List<SampleFinding> Check(int[] ids, IReadOnlyList<TokenRun> runs)
    {
        List<SampleFinding> findings = [];
        _ = _encoding.Tokenizer.TryGetSpecial("<|message|>", out int message);
        int[] assistant = _encoding.Tokenizer.Encode("assistant");
        bool isOthers = false;
        foreach (TokenRun run in runs)
        {
            for (int at = run.Start; at + 1 < run.End && !isOthers; at++)
                isOthers = ids[at] == _start && !ids.AsSpan(at + 1).StartsWith(assistant) && ids.AsSpan(at, run.End - at).Contains(message);
        }
        if (isOthers)
            findings.Add(SampleFinding.OthersWordsLearnt);
        if (!runs.All(run => _ends.Contains(ids[run.End - 1])))
            findings.Add(SampleFinding.TerminatorNotLearnt);
        return findings;
    }
}
