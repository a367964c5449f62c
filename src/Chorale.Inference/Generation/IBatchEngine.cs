namespace Chorale.Inference;

/// <summary>A model that runs batches over several sequences: what a <see cref="Scheduler"/> drives. Plain calls, one thread at a time.</summary>
interface IBatchEngine : IDisposable
{
    /// <summary>How many ids a sequence may hold.</summary>
    int ContextLength { get; }

    /// <summary>Ids run from 0 to this, exclusive.</summary>
    int VocabularySize { get; }

    /// <summary>A new, empty sequence.</summary>
    IEngineSequence CreateSequence();

    /// <summary>Appends ids to several sequences at once.</summary>
    /// <param name="ids">The rows of the batch.</param>
    /// <param name="parts">Whose rows they are: together all rows, in order, each sequence once.</param>
    /// <param name="cancellationToken">Gives up in the middle; all sequences then stay as they were.</param>
    void Run(ReadOnlySpan<int> ids, ReadOnlySpan<BatchPart> parts, CancellationToken cancellationToken);

    /// <summary>The logits after some rows of the last batch, shape [rows, vocab]; valid until the next call.</summary>
    ReadOnlySpan<float> Logits(scoped ReadOnlySpan<int> rows);

    /// <summary>The logits of a few ids after one row of the last batch, in their order; what <see cref="Logits"/> gave is lost.</summary>
    void LogitsSelected(int row, ReadOnlySpan<int> ids, Span<float> logits);
}
