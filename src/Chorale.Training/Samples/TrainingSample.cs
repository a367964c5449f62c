using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>Ids to train on, and which of them are learnt. Immutable.</summary>
public sealed class TrainingSample
{
    /// <summary>What stands in <see cref="ToLabels"/> where nothing is learnt.</summary>
    public const int Ignored = -100;

    readonly int[] _ids;

    internal TrainingSample(int[] ids, IReadOnlyList<TokenRun> trained, int turn, IReadOnlyList<Message> messages, IReadOnlyList<SampleFinding> findings, TrainedCounts? counts = null)
    {
        _ids = ids;
        Trained = trained;
        Turn = turn;
        Messages = messages;
        Findings = findings;
        foreach (TokenRun run in trained)
            TrainedCount += run.Length;
        TrainedCounts = counts ?? new(0, 0, 0, 0, TrainedCount);
    }

    /// <summary>The ids.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>What is learnt, in order, without overlap.</summary>
    public IReadOnlyList<TokenRun> Trained { get; }

    /// <summary>How many ids are learnt.</summary>
    public int TrainedCount { get; }

    /// <summary>How many of these in each kind of message.</summary>
    public TrainedCounts TrainedCounts { get; }

    /// <summary>Which turn of its conversation is learnt: how many user messages stand up to it. 0 where that is not known.</summary>
    public int Turn { get; }

    /// <summary>The messages that the ids are of; empty where a template made them.</summary>
    public IReadOnlyList<Message> Messages { get; }

    /// <summary>What the checks found.</summary>
    public IReadOnlyList<SampleFinding> Findings { get; }

    /// <summary>The ids where they are learnt, <see cref="Ignored"/> elsewhere. Trainers shift them themselves.</summary>
    public int[] ToLabels()
    {
        int[] labels = new int[_ids.Length];
        Array.Fill(labels, Ignored);
        foreach (TokenRun run in Trained)
            _ids.AsSpan(run.Start, run.Length).CopyTo(labels.AsSpan(run.Start));
        return labels;
    }

    /// <summary>The text in pieces, cut where learning begins and ends.</summary>
    public IReadOnlyList<SampleSegment> ToSegments(HarmonyEncoding encoding)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        List<SampleSegment> segments = [];
        int at = 0;
        foreach (TokenRun run in Trained)
        {
            Add(at, run.Start, isTrained: false);
            Add(run.Start, run.End, isTrained: true);
            at = run.End;
        }
        Add(at, _ids.Length, isTrained: false);
        return segments;

        void Add(int start, int end, bool isTrained)
        {
            if (end > start)
                segments.Add(new(encoding.Tokenizer.DecodeLossy(_ids.AsSpan(start, end - start)), isTrained));
        }
    }
}
