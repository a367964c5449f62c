using System.Globalization;
using Chorale.Harmony;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary>Prints a sample, a message after the other. What it holds is escaped, line breaks stay.</summary>
sealed class SamplePrinter(CliHost host, HarmonyEncoding encoding)
{
    readonly StyledLines _lines = new(host);
    readonly bool _isStyled = host is { OutputIsTerminal: true, Colors: true };

    public void Print(int number, SourcedSample sourced)
    {
        TrainingSample sample = sourced.Sample;
        _lines.Append(string.Create(CultureInfo.InvariantCulture,
            $"sample {number}: {Printable.Escape(sourced.File)}:{sourced.Line}{(sample.Turn > 0 ? $", turn {sample.Turn}" : "")}; {sample.Ids.Length} ids, {sample.TrainedCount} learnt"), "bold").Line();
        foreach (SampleFinding finding in sample.Findings)
            _lines.Append($"note: {finding.Describe()}", "yellow").Line();
        int[] ids = sample.Ids.ToArray();
        TokenExplanation explanation = TokenExplanation.Of(encoding, ids);
        bool[] learnt = new bool[ids.Length];
        foreach (TokenRun run in sample.Trained)
            Array.Fill(learnt, true, run.Start, run.Length);
        _ = encoding.Tokenizer.TryGetSpecial("<|start|>", out int start);
        for (int at = 0; at < ids.Length;)
        {
            int end = at + 1;
            while (end < ids.Length && learnt[end] == learnt[at] && explanation.Tokens[end].MessageIndex == explanation.Tokens[at].MessageIndex && ids[end] != start)
                end++;
            if (ids[at] == start && at > 0)
                _lines.Line();
            int message = explanation.Tokens[at].MessageIndex;
            Write(encoding.Tokenizer.DecodeLossy(ids.AsSpan(at, end - at)), learnt[at], message < 0 ? null : explanation.Messages[message]);
            at = end;
        }
        _lines.Line();
        if (_isStyled)
            _lines.Append("learnt: ").Append("analysis", StyleOf(Channels.Analysis, isCall: false)).Append(" ").Append("preamble", StyleOf(Channels.Commentary, isCall: false)).Append(" ")
                .Append("call", StyleOf(Channels.Commentary, isCall: true)).Append(" ").Append("final", StyleOf(Channels.Final, isCall: false)).Append(", ").Append("not learnt", "grey").Line();
        _lines.Flush();
    }

    void Write(string text, bool isLearnt, Message? message)
    {
        string style = isLearnt ? StyleOf(message?.Channel, message?.Recipient is not null) : "grey";
        if (isLearnt && !_isStyled)
            _lines.Append("⟦");
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (i > 0)
                _lines.Line();
            _lines.Append(Printable.Escape(lines[i]), style);
        }
        if (isLearnt && !_isStyled)
            _lines.Append("⟧");
    }

    static string StyleOf(string? channel, bool isCall) => (channel, isCall) switch
    {
        (_, true) => "bold magenta",
        (Channels.Analysis, _) => "bold blue",
        (Channels.Commentary, _) => "bold cyan",
        (Channels.Final, _) => "bold green",
        _ => "bold yellow",
    };
}
