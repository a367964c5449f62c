namespace Chorale.Templates;

/// <summary>The filters that are known.</summary>
enum Filter
{
    ToJson,
    Join,
    Length,
    Trim,
    Items,
    Select,
    Reject,
    Default,
    Text,
    List,
    First,
    Last,
}
