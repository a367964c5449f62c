namespace Chorale.Training;

/// <summary>How dictionaries become Harmony messages.</summary>
public sealed record ConversionOptions
{
    /// <summary>What gpt-oss itself writes in the header of a call.</summary>
    public const string ConstrainedJson = "<|constrain|>json";

    /// <summary>The defaults: no date, calls as gpt-oss writes them.</summary>
    public static ConversionOptions Default { get; } = new();

    /// <summary>The day in the system message where the history names none; null leaves it out.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>The content type of calls that name none: <see cref="ConstrainedJson"/>, or <c>json</c> as templates write it.</summary>
    public string CallContentType { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = ConstrainedJson;

    /// <summary>What content beside calls is. Beside reasoning it is always a preamble.</summary>
    public ContentBesideCalls ContentBesideCalls { get; init; }

    /// <summary>Whether a system message stands first, with identity, date, effort and channels.</summary>
    public bool AddSystemMessage { get; init; } = true;
}
