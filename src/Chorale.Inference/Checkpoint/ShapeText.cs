namespace Chorale.Inference;

/// <summary>Shapes in messages.</summary>
static class ShapeText
{
    /// <summary>As <c>[4096, 2880]</c>.</summary>
    public static string Of(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
