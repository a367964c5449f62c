namespace Chorale.Training;

/// <summary>The names of <see cref="RowForm"/>.</summary>
public static class RowForms
{
    static readonly string[] All = ["messages", "multilingual-thinking", "openai", "sharegpt", "prompt-completion", "alpaca", "harmony-text", "qwen", "conversation"];

    /// <summary>The names, in the order of the values.</summary>
    public static IReadOnlyList<string> Names => All;

    /// <summary>A form's name.</summary>
    public static string NameOf(RowForm form) => All[(int)form];

    /// <summary>Reads a form's name.</summary>
    public static bool TryParse(string? name, out RowForm form)
    {
        int index = Array.IndexOf(All, name);
        form = index < 0 ? default : (RowForm)index;
        return index >= 0;
    }
}
