using System.Runtime.InteropServices;

namespace Chorale.Grammar;

/// <summary>A rule in progress: the state it is in, and the set in which it was begun.</summary>
/// <param name="State">Of the grammar; <see cref="Done"/> stands for the end of the whole text.</param>
/// <param name="Origin">Where the rule began.</param>
[StructLayout(LayoutKind.Auto)]
readonly record struct Item(int State, ItemSet? Origin)
{
    public const int Done = -1;

    /// <summary>The whole text is read.</summary>
    public static Item Whole => new(Done, null);
}
