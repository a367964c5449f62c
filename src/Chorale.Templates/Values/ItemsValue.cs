namespace Chorale.Templates;

/// <summary>What <c>dict.items()</c> gives: pairs.</summary>
sealed class ItemsValue(DictionaryValue dictionary) : TemplateValue
{
    public int Count => dictionary.Count;

    public override TemplateValueKind Kind => TemplateValueKind.Other;

    public override bool IsTrue => dictionary.Count > 0;

    internal override string TypeName => "dict_items";

    public TemplateValue[] ToPairs()
    {
        TemplateValue[] pairs = new TemplateValue[dictionary.Count];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = new ListValue([new StringValue(dictionary.Keys[i], PieceKind.Caller), dictionary.Values[i]], isTuple: true);
        return pairs;
    }
}
