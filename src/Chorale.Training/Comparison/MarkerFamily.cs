namespace Chorale.Training;

/// <summary>The markers of a family of formats.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">What begins a message.</param>
/// <param name="HeaderEnd">What begins its content.</param>
/// <param name="Ends">What may end it.</param>
sealed record MarkerFamily(string Name, string Start, string HeaderEnd, IReadOnlyList<string> Ends)
{
    public static MarkerFamily Harmony { get; } = new("Harmony", "<|start|>", "<|message|>", ["<|end|>", "<|call|>", "<|return|>"]);

    public static MarkerFamily ChatMl { get; } = new("ChatML", "<|im_start|>", "\n", ["<|im_end|>"]);

    public static MarkerFamily Llama { get; } = new("Llama 3", "<|start_header_id|>", "<|end_header_id|>", ["<|eot_id|>", "<|eom_id|>"]);

    static readonly MarkerFamily[] All = [Harmony, ChatMl, Llama];

    /// <summary>The family whose marker begins first; null where there is none.</summary>
    public static MarkerFamily? Of(string text) =>
        All.Select(family => (Family: family, At: text.IndexOf(family.Start, StringComparison.Ordinal))).Where(found => found.At >= 0).OrderBy(found => found.At).FirstOrDefault().Family;

    /// <summary>How a message looks, for people.</summary>
    public string Shape => $"{Start}role{HeaderEnd.Replace("\n", "⏎", StringComparison.Ordinal)}…{Ends[0]}";
}
