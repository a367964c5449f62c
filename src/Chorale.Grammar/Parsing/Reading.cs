using System.Runtime.InteropServices;

namespace Chorale.Grammar;

/// <summary>A terminal that is being read.</summary>
/// <param name="Terminal">Which.</param>
/// <param name="At">Its state.</param>
/// <param name="Then">What goes on after it.</param>
[StructLayout(LayoutKind.Auto)]
readonly record struct Reading(Terminal Terminal, int At, Item Then);
