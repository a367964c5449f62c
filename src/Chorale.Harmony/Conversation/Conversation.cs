namespace Chorale.Harmony;

/// <summary>Messages in order. Immutable, compared by value.</summary>
public sealed record Conversation
{
    /// <summary>The messages. The list is copied.</summary>
    public IReadOnlyList<Message> Messages { get; init => field = EquatableList.Copy(value); } = EquatableList.Empty<Message>();

    /// <summary>A conversation of these messages.</summary>
    public static Conversation Of(params IEnumerable<Message> messages) => new() { Messages = EquatableList.Copy(messages) };

    /// <summary>The same with messages added at the end.</summary>
    public Conversation With(params IEnumerable<Message> messages) => new() { Messages = EquatableList.Copy(Messages.Concat(messages)) };
}
