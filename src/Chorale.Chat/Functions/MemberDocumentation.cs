namespace Chorale.Chat;

/// <summary>What a documentation file says of a member, as plain text.</summary>
sealed record MemberDocumentation
{
    /// <summary>Null where there is none.</summary>
    public string? Summary { get; init; }

    /// <summary>Null where there is none.</summary>
    public string? Returns { get; init; }

    /// <summary>By the parameter's name.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Where <c>inheritdoc</c> points: the id of a member, empty for the one that this overrides or implements; null where the file does not inherit.</summary>
    public string? InheritsFrom { get; init; }

    /// <summary>The same, and where it says nothing, what the other says.</summary>
    public MemberDocumentation Over(MemberDocumentation other)
    {
        Dictionary<string, string> parameters = new(other.Parameters, StringComparer.Ordinal);
        foreach ((string name, string text) in Parameters)
            parameters[name] = text;
        return new() { Summary = Summary ?? other.Summary, Returns = Returns ?? other.Returns, Parameters = parameters };
    }
}
