namespace Chorale.Grammar.Tests;

/// <summary>A grammar made by hand.</summary>
sealed class Built(Func<GrammarBuilder, int> add) : GrammarSource(add)
{
    /// <summary>One edge from start to end.</summary>
    public static Built Text(RegularExpression language) => new(builder =>
    {
        int rule = builder.AddRule("text");
        builder.AddText(builder.Start(rule), language, builder.End(rule));
        return rule;
    });

    /// <summary>One JSON string.</summary>
    public static Built JsonString(RegularExpression value) => new(builder =>
    {
        int rule = builder.AddRule("string");
        builder.AddJsonString(builder.Start(rule), value, builder.End(rule));
        return rule;
    });

    internal override int AddTo(GrammarBuilder builder) => add(builder);
}
