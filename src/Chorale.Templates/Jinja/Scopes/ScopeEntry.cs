namespace Chorale.Templates;

/// <summary>A slot that is filled when a scope is entered.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Source">What it is filled with; null leaves it empty.</param>
readonly record struct ScopeEntry(int Slot, Binding? Source)
{
    /// <summary>Fills the slots of a scope.</summary>
    public static void Enter(ScopeEntry[] entries, Frame frame)
    {
        foreach (ScopeEntry entry in entries)
            frame.Slots[entry.Slot] = entry.Source is { } source ? frame.Find(source) : null;
    }
}
