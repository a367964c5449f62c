namespace Chorale.Harmony;

/// <summary>A message and its place among the ids.</summary>
/// <param name="Index">Its place in the conversation, from 0.</param>
/// <param name="Message">The message.</param>
/// <param name="Start">Where its header begins.</param>
/// <param name="HeaderIds">How many ids its header has, <c>&lt;|start|&gt;</c> and <c>&lt;|message|&gt;</c> included.</param>
/// <param name="ContentIds">How many ids its content has.</param>
/// <param name="Ids">How many ids it has in all, its end included.</param>
public sealed record AnalyzedMessage(int Index, Message Message, int Start, int HeaderIds, int ContentIds, int Ids)
{
    /// <summary>One past its last id.</summary>
    public int End => Start + Ids;
}
