namespace Chorale.Chat;

/// <summary>An answer that a <see cref="ScriptedGenerator"/> plays. Immutable.</summary>
/// <param name="TokenIds">The ids, the stop id included; any ids, well-formed or not. The list is copied.</param>
public sealed record ScriptedAnswer(IReadOnlyList<int> TokenIds)
{
    /// <inheritdoc cref="ScriptedAnswer(IReadOnlyList{int})" path="/param"/>
    public IReadOnlyList<int> TokenIds { get; init => field = [.. value ?? throw new ArgumentNullException(nameof(value))]; } = [.. TokenIds ?? throw new ArgumentNullException(nameof(TokenIds))];

    /// <summary>What the prompt's text must hold for this answer to be played; null is no condition. Answers with one go before those without.</summary>
    public string? When { get; init; }

    /// <summary>How long each id takes.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How much longer the first id takes.</summary>
    public TimeSpan FirstDelay { get; init; }

    /// <summary>What the generator fails with after the ids; null ends well.</summary>
    public string? Failure { get; init; }
}
