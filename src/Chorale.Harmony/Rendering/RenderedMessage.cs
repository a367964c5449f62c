namespace Chorale.Harmony;

/// <summary>One message in a <see cref="RenderReport"/>.</summary>
public sealed class RenderedMessage
{
    internal RenderedMessage(int index, Message message, RenderReason reason, int? ids)
    {
        Index = index;
        Message = message;
        Reason = reason;
        Ids = ids;
    }

    /// <summary>Its place in the conversation, from 0.</summary>
    public int Index { get; }

    /// <summary>The message.</summary>
    public Message Message { get; }

    /// <summary>Why it was kept or dropped.</summary>
    public RenderReason Reason { get; }

    /// <summary>Whether it is part of the rendering.</summary>
    public bool IsKept => !Reason.IsDropped();

    /// <summary>
    /// How many ids it costs, header and end included; of a dropped message, how many it would have cost, null where it has no
    /// rendered form.
    /// </summary>
    public int? Ids { get; }

    /// <summary>The reason in a few words, to stand behind "kept: " or "dropped: ".</summary>
    public string Explanation => Reason.InWords();
}
