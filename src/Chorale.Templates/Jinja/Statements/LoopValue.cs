namespace Chorale.Templates;

/// <summary><c>loop</c>.</summary>
/// <param name="members">What the loop goes through.</param>
sealed class LoopValue(TemplateValue[] members) : OpaqueValue("LoopContext", "a loop")
{
    public int Index { get; set; }

    public bool IsLast => Index == members.Length - 1;

    /// <summary>An attribute; null where it has none of that name.</summary>
    public TemplateValue? Get(string name) => name switch
    {
        "index" => IntegerValue.Of(Index + 1),
        "index0" => IntegerValue.Of(Index),
        "first" => BooleanValue.Of(Index == 0),
        "last" => BooleanValue.Of(IsLast),
        "length" => IntegerValue.Of(members.Length),
        "revindex" => IntegerValue.Of(members.Length - Index),
        "revindex0" => IntegerValue.Of(members.Length - Index - 1),
        "previtem" => Index > 0 ? members[Index - 1] : new UndefinedValue("there is no previous item"),
        "nextitem" => IsLast ? new UndefinedValue("there is no next item") : members[Index + 1],
        _ => null,
    };
}
