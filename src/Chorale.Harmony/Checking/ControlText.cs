namespace Chorale.Harmony;

/// <summary>A place in a text that spells a control token, or looks as if it did.</summary>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Name">The name inside, folded to small ASCII letters: <c>end</c>, <c>im_end</c>, <c>/inst</c>.</param>
/// <param name="IsExact">Whether it is the very spelling of a token of Harmony's vocabulary.</param>
readonly record struct ControlText(int Start, int Length, string Name, bool IsExact)
{
    /// <summary>One past its last unit.</summary>
    public int End => Start + Length;

    /// <summary>Whether it closes a message, in this format or another.</summary>
    public bool IsStop => Name is "end" or "return" or "call" or "im_end" or "eot_id" or "eom_id" or "eot" or "endoftext" or "end_of_text"
        or "end_of_turn" or "/s" or "eos" or "end_of_sentence";
}
