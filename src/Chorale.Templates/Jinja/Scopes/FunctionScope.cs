namespace Chorale.Templates;

/// <summary>The template itself or a macro: what has slots of its own.</summary>
sealed class FunctionScope(FunctionScope? outer)
{
    public int Depth { get; } = outer is null ? 0 : outer.Depth + 1;

    public int SlotCount { get; private set; }

    public int NewSlot() => SlotCount++;
}
