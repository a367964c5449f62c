namespace Chorale.Templates;

/// <summary>What two values are compared for.</summary>
enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}
