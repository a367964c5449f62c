namespace Chorale.Grammar;

/// <summary>A use of a template, <c>separated{NUMBER, ","}</c>. It is gone once the grammar has been read.</summary>
/// <param name="Name">Of the template.</param>
/// <param name="Arguments">A literal, text, reference or use each.</param>
/// <param name="Offset">Where it stands in the grammar.</param>
sealed record LarkTemplateUse(string Name, IReadOnlyList<NotatedExpression> Arguments, int Offset) : NotatedExpression
{
    public override IReadOnlyList<NotatedExpression> Inside => Arguments;
}
