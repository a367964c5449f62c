using System.Runtime.InteropServices;

namespace Chorale.Grammar;

/// <summary>A node of a <see cref="TokenTrie"/>: the bytes on the way to it are the beginning of some token.</summary>
/// <param name="next">The first node after all those below this one.</param>
/// <param name="depth">How many bytes lead to it.</param>
/// <param name="value">The last of them.</param>
[StructLayout(LayoutKind.Auto)]
struct TrieNode(int next, ushort depth, byte value)
{
    public const int NoToken = -1;

    /// <summary>The first node after all those below this one.</summary>
    public int Next = next;

    /// <summary>The token whose bytes lead here; <see cref="NoToken"/> where there is none.</summary>
    public int Token = NoToken;

    /// <summary>How many bytes lead to it.</summary>
    public ushort Depth = depth;

    /// <summary>The last of them.</summary>
    public byte Value = value;
}
