namespace Chorale.Grammar;

/// <summary>Whether a turn may, or must, call a tool, and which. Immutable; equal where it says the same.</summary>
public sealed record HarmonyToolChoice
{
    readonly string[]? _recipients;

    HarmonyToolChoice(bool mayCall, bool mustCall, string[]? recipients) => (MayCall, MustCall, _recipients) = (mayCall, mustCall, recipients);

    /// <summary>No call: an answer.</summary>
    public static HarmonyToolChoice None { get; } = new(mayCall: false, mustCall: false, null);

    /// <summary>A call of any tool, or an answer.</summary>
    public static HarmonyToolChoice Auto { get; } = new(mayCall: true, mustCall: false, null);

    /// <summary>A call of any tool.</summary>
    public static HarmonyToolChoice Required { get; } = new(mayCall: true, mustCall: true, null);

    /// <summary>A call of this tool.</summary>
    public static HarmonyToolChoice Named(string recipient)
    {
        ArgumentException.ThrowIfNullOrEmpty(recipient);
        return new(mayCall: true, mustCall: true, [recipient]);
    }

    /// <summary>A call of one of these tools, or an answer unless a call is required.</summary>
    /// <param name="recipients">At least one.</param>
    /// <param name="required">Whether there must be a call.</param>
    public static HarmonyToolChoice Allowed(IEnumerable<string> recipients, bool required = false)
    {
        ArgumentNullException.ThrowIfNull(recipients);
        string[] names = [.. recipients];
        if (names.Length == 0 || Array.Exists(names, string.IsNullOrEmpty))
            throw new ArgumentException("Tools are allowed by name, at least one.", nameof(recipients));
        return new(mayCall: true, required, names);
    }

    /// <summary>Whether there may be a call.</summary>
    public bool MayCall { get; }

    /// <summary>Whether there must be one.</summary>
    public bool MustCall { get; }

    /// <summary>The tools that may be called; null is all.</summary>
    public IReadOnlyList<string>? Recipients => _recipients;

    /// <inheritdoc/>
    public bool Equals(HarmonyToolChoice? other) =>
        other is not null && MayCall == other.MayCall && MustCall == other.MustCall && (_recipients is null) == (other._recipients is null) && _recipients.AsSpan().SequenceEqual(other._recipients);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(MayCall);
        hash.Add(MustCall);
        foreach (string recipient in _recipients ?? [])
            hash.Add(recipient, StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}
