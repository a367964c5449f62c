using System.Runtime.InteropServices;

namespace Chorale.Harmony;

/// <summary>Where a message stood among the ids that were pushed; for text, among the UTF-16 units.</summary>
/// <param name="Start">Where its header begins.</param>
/// <param name="ContentStart">Where its content begins, behind <c>&lt;|message|&gt;</c>; where a header never closed, its end.</param>
/// <param name="End">Behind its end token, or where it was found to have none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MessageSpan(int Start, int ContentStart, int End);
