namespace Chorale.Cli;

/// <summary>The model opened for so many threads, and what was measured of it.</summary>
sealed record ModelBenchRun
{
    public required int Threads { get; init; }

    /// <summary>Seconds until the model was open.</summary>
    public required double LoadS { get; init; }

    /// <summary>Seconds that a first prompt of <see cref="ModelMeasure.FirstPromptLength"/> ids then took: code is compiled, and mapped pages are read.</summary>
    public required double FirstPromptS { get; init; }

    /// <summary>Memory of the process when the model was open.</summary>
    public required long LoadedBytes { get; init; }

    /// <summary>The most memory that the process had, the measuring of the bandwidth left out where the system allows it.</summary>
    public required long PeakBytes { get; init; }

    /// <summary>Of the memory at the end, pages of mapped files.</summary>
    public required long? MappedBytes { get; init; }

    public required IReadOnlyList<ModelBenchResult> Results { get; init; }
}
