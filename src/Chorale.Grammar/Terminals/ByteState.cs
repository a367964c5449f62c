using System.Runtime.InteropServices;

namespace Chorale.Grammar;

/// <summary>Where an <see cref="AutomatonTerminal"/> stands: between two characters, or within one.</summary>
/// <param name="Kind">Within what.</param>
/// <param name="State">The state of the automaton of characters.</param>
/// <param name="Prefix">The bits of the character that were read, or of its first surrogate.</param>
/// <param name="Left">How many bytes or digits are left of it.</param>
[StructLayout(LayoutKind.Auto)]
readonly record struct ByteState(ByteStateKind Kind, int State, int Prefix = 0, int Left = 0);
