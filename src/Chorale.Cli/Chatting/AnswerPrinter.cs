using Chorale.Chat;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>
/// Prints a turn as it streams: the answer to stdout, the reasoning dim and apart, on the terminal above the answer, otherwise on stderr.
/// </summary>
sealed class AnswerPrinter(CliHost host, bool hideReasoning)
{
    readonly TextWriter _reasoning = host.OutputIsTerminal ? host.Out : host.Error;
    readonly bool _dim = host.Colors && (host.OutputIsTerminal || host.ErrorIsTerminal);
    Section _section;
    bool _endsLine = true;

    enum Section
    {
        None,
        Reasoning,
        Answer,
        Call,
    }

    public void Print(ChatUpdate update)
    {
        if (update.Text.Length == 0)
            return;
        Section section = SectionOf(update);
        if (section == Section.Reasoning && hideReasoning)
            return;
        if (section != _section)
            Enter(section, update.Recipient);
        (section == Section.Reasoning ? _reasoning : host.Out).Write(update.Text);
        _endsLine = update.Text.EndsWith('\n');
    }

    /// <summary>Leaves the cursor at the start of a line, without colour.</summary>
    public void End() => Enter(Section.None, recipient: null);

    static Section SectionOf(ChatUpdate update) =>
        update.IsCall ? Section.Call
        : update.Channel == Channels.Analysis ? Section.Reasoning
        : Section.Answer;

    void Enter(Section section, string? recipient)
    {
        bool leavesReasoning = _section == Section.Reasoning;
        if (leavesReasoning && _dim)
            _reasoning.Write("\e[0m");
        if (!_endsLine)
            (leavesReasoning ? _reasoning : host.Out).WriteLine();
        if (leavesReasoning && section != Section.None && host.OutputIsTerminal)
            host.Out.WriteLine();   // a blank line between reasoning and answer
        _endsLine = true;
        _section = section;
        if (section == Section.Reasoning && _dim)
            _reasoning.Write("\e[2m");
        if (section == Section.Call)
            host.Out.Write($"→ {recipient} ");
    }
}
