namespace Chorale.Harmony;

/// <summary>What a header says.</summary>
sealed record HeaderReading
{
    public Author Author { get; init; }

    public string? Recipient { get; init; }

    public string? Channel { get; init; }

    public string? ContentType { get; init; }

    /// <summary>The content behind a header that never closed, from its first word on.</summary>
    public string Body { get; init; } = "";

    /// <summary>Whether it tells more than that the assistant speaks.</summary>
    public bool SaysSomething => Recipient is not null || Channel is not null || ContentType is not null || Author.Name is not null || Author.Role != Role.Assistant;
}
