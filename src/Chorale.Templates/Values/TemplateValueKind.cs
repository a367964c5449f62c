namespace Chorale.Templates;

/// <summary>What a <see cref="TemplateValue"/> is, in Python's words.</summary>
public enum TemplateValueKind
{
    /// <summary><c>None</c>.</summary>
    None,

    /// <summary><c>True</c> or <c>False</c>.</summary>
    Boolean,

    /// <summary>An <c>int</c> of any size.</summary>
    Integer,

    /// <summary>A <c>float</c>.</summary>
    Float,

    /// <summary>A <c>str</c>.</summary>
    Text,

    /// <summary>A <c>list</c>, or a <c>tuple</c>.</summary>
    List,

    /// <summary>A <c>dict</c>, its keys text and in order.</summary>
    Dictionary,

    /// <summary>What exists only while a template runs: undefined, a function, a namespace.</summary>
    Other,
}
