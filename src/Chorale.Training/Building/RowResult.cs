namespace Chorale.Training;

/// <summary>What became of one row.</summary>
sealed class RowResult
{
    public required RawRecord Record { get; init; }

    public RowForm? Form { get; set; }

    public string? Problem { get; set; }

    public List<SampleResult> Samples { get; } = [];

    public List<DropReason> Dropped { get; } = [];
}
