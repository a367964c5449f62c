using System.Runtime.InteropServices;

namespace Chorale.Harmony;

/// <summary>An <see cref="AnalysisDropping"/> worked out for one conversation: tells of each message whether it stays, and why.</summary>
[StructLayout(LayoutKind.Auto)]
readonly struct DroppingRule
{
    readonly AnalysisDropping _rule;
    readonly int _border;     // reasoning before this index is dropped,
    readonly int _keptFrom;   // but not from this one on

    /// <summary>Reads the conversation once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the rules.</exception>
    public DroppingRule(AnalysisDropping rule, ReadOnlySpan<Message> messages, bool isForTraining)
    {
        _rule = rule;
        _keptFrom = int.MaxValue;
        switch (rule)
        {
            case AnalysisDropping.Harmony:
                _border = EndsInFinal(messages) ? IndexOfFirstFinal(messages) : -1;
                break;
            case AnalysisDropping.None:
                break;
            case AnalysisDropping.Template:
                _border = IndexOfLastAnswer(messages);
                if (isForTraining && _border == messages.Length - 1)
                    _keptFrom = StartOfAnswer(messages);
                break;
            case AnalysisDropping.PerTurn:
                _border = IndexOfLastUser(messages);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(rule), rule, "Not a rule.");
        }
    }

    /// <summary>Why the message at this place is kept or dropped.</summary>
    public RenderReason ReasonOf(Message message, int index)
    {
        if (message.Channel != Channels.Analysis)
            return RenderReason.NotReasoning;
        return _rule switch
        {
            AnalysisDropping.Harmony => index < _border ? RenderReason.BeforeFirstFinal : _border >= 0 ? RenderReason.AfterFirstFinal : RenderReason.NotAnsweredYet,
            AnalysisDropping.Template => message.Role != Role.Assistant || message.Recipient is not null ? RenderReason.CallOrResult
                : index >= _border ? RenderReason.NoAnswerFollows
                : index >= _keptFrom ? RenderReason.ReasoningOfTrainedAnswer
                : RenderReason.AnswerFollows,
            AnalysisDropping.PerTurn => index < _border ? RenderReason.EarlierTurn : RenderReason.CurrentTurn,
            _ => RenderReason.NothingIsDropped,
        };
    }

    static bool EndsInFinal(ReadOnlySpan<Message> messages)
    {
        int last = messages.Length - 1;
        while (last >= 0 && messages[last].Role != Role.Assistant)
            last--;
        return last >= 0 && messages[last].Channel == Channels.Final;
    }

    static int IndexOfFirstFinal(ReadOnlySpan<Message> messages)
    {
        int first = 0;
        while (messages[first].Channel != Channels.Final)
            first++;
        return first;
    }

    static int IndexOfLastUser(ReadOnlySpan<Message> messages)
    {
        int last = messages.Length - 1;
        while (last >= 0 && messages[last].Role != Role.User)
            last--;
        return last;
    }

    static int IndexOfLastAnswer(ReadOnlySpan<Message> messages)
    {
        int last = messages.Length - 1;
        while (last >= 0 && messages[last] is not { Role: Role.Assistant, Channel: Channels.Final, Recipient: null })
            last--;
        return last;
    }

    /// <summary>Where the words begin that end in the last message: behind the last call, result, answer or word of another.</summary>
    static int StartOfAnswer(ReadOnlySpan<Message> messages)
    {
        int start = messages.Length - 1;
        while (start > 0 && messages[start - 1] is { Role: Role.Assistant, Recipient: null, Channel: not Channels.Final })
            start--;
        return start;
    }
}
