namespace Chorale.Training;

/// <summary>How a data set is built.</summary>
public sealed record DatasetOptions
{
    /// <summary>The form of the rows; null tells it for each row.</summary>
    public RowForm? Form { get; init; }

    /// <summary>How samples are cut.</summary>
    public SampleOptions Samples { get; init; } = SampleOptions.Default;

    /// <summary>How dictionaries become messages; its date is not used.</summary>
    public ConversionOptions Conversion { get; init; } = ConversionOptions.Default;

    /// <summary>What content beside calls is; null is a preamble in OpenAI's form and reasoning in the others.</summary>
    public ContentBesideCalls? ContentBesideCalls { get; init; }

    /// <summary>The days in system messages where a row names none; null leaves them out.</summary>
    public DateSpan? Dates { get; init; }

    /// <summary>What is written.</summary>
    public DatasetOutput Output { get; init; }

    /// <summary>Masks whole conversations by markers, one sample each; null cuts samples by turns.</summary>
    public ResponseMaskOptions? ResponsesOnly { get; init; }

    /// <summary>How many ids a pack of several samples may have; null packs none. No sample is cut.</summary>
    public int? PackTokens { get; init; }

    /// <summary>Whether a sample that was there before is left out. It takes some 40 bytes of memory for each sample.</summary>
    public bool RemoveDuplicates { get; init; }

    /// <summary>The parts; none is one. Conversations that begin with the same question come into the same part.</summary>
    public IReadOnlyList<DatasetSplit> Splits { get; init; } = [];

    /// <summary>Whether a line tells where it is from, under <c>source</c>.</summary>
    public bool WithSource { get; init; }

    /// <summary>Whether the first bad row ends the run.</summary>
    public bool IsStrict { get; init; }

    /// <summary>How many rows are worked on at a time.</summary>
    public int Threads { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least one thread works."); } = Environment.ProcessorCount;
}
