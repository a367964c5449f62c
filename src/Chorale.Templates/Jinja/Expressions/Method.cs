namespace Chorale.Templates;

/// <summary>The methods that are known.</summary>
enum Method
{
    Items,
    Get,
    Split,
    Strip,
    LeftStrip,
    RightStrip,
    StartsWith,
    EndsWith,
}
