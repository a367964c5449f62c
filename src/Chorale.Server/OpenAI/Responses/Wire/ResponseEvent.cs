namespace Chorale.Server;

/// <summary>An event of a response. What a type does not have is null, and then not written.</summary>
sealed record ResponseEvent
{
    public required string Type { get; init; }

    public required int SequenceNumber { get; init; }

    public ResponseObject? Response { get; init; }

    public string? ItemId { get; init; }

    public int? OutputIndex { get; init; }

    public int? ContentIndex { get; init; }

    public int? SummaryIndex { get; init; }

    public OutputItem? Item { get; init; }

    public OutputPart? Part { get; init; }

    public string? Delta { get; init; }

    public string? Text { get; init; }

    public string? Name { get; init; }

    public string? Arguments { get; init; }

    public string? Input { get; init; }

    /// <summary>Of output text: always there, empty unless they were asked for.</summary>
    public IReadOnlyList<TokenLogprob>? Logprobs { get; init; }
}
