namespace Chorale.Harmony;

/// <summary>What a schema says that no type can: it becomes comments.</summary>
sealed record TypeNotes
{
    public static TypeNotes None { get; } = new();

    public string? Title { get; init; }

    public string? Description { get; init; }

    /// <summary>Each as JSON.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Formats, limits and conditions, in order.</summary>
    public IReadOnlyList<Note> Limits { get; init; } = [];

    /// <summary>The value that is taken where none is given, as it is shown.</summary>
    public string? Default { get; init; }

    public bool IsEmpty => Title is null && Description is null && Examples.Count == 0 && Limits.Count == 0 && Default is null;

    /// <summary>What the first to say anything says of each; the limits of all.</summary>
    public static TypeNotes Of(IReadOnlyList<TypeNotes> all) => all.Count == 1 ? all[0] : new()
    {
        Title = all.FirstOrDefault(notes => notes.Title is not null)?.Title,
        Description = all.FirstOrDefault(notes => notes.Description is not null)?.Description,
        Examples = all.FirstOrDefault(notes => notes.Examples.Count > 0)?.Examples ?? [],
        Limits = [.. all.SelectMany(notes => notes.Limits)],
        Default = all.FirstOrDefault(notes => notes.Default is not null)?.Default,
    };

    /// <summary>
    /// What is said of the parts of a type, each under its label, as notes of the whole: descriptions above, the rest among the limits.
    /// </summary>
    public static TypeNotes OfParts(IEnumerable<(string Label, TypeNotes Notes)> parts)
    {
        List<string> descriptions = [];
        List<Note> limits = [];
        foreach ((string label, TypeNotes notes) in parts)
        {
            if ((notes.Description ?? notes.Title) is { } words)
                descriptions.Add($"{label}: {words}");
            TypeNotes rest = notes with { Title = null, Description = null };
            if (!rest.IsEmpty)
                limits.Add(new Note($"{label} (") { Notes = rest, Next = new Note(")") });
        }
        return descriptions.Count + limits.Count == 0 ? None
            : new() { Description = descriptions.Count == 0 ? null : string.Join('\n', descriptions), Limits = limits };
    }
}
