using System.Runtime.InteropServices;

namespace Chorale.Harmony;

/// <summary>One id and what it is.</summary>
/// <param name="Index">Its place among the ids, from 0.</param>
/// <param name="Id">The id.</param>
/// <param name="Kind">What it is.</param>
/// <param name="MessageIndex">The message that it belongs to; -1 between messages.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ExplainedToken(int Index, int Id, TokenKind Kind, int MessageIndex);
