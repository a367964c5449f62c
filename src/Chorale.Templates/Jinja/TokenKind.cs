namespace Chorale.Templates;

/// <summary>What a token of a template is.</summary>
enum TokenKind
{
    /// <summary>Text between tags.</summary>
    Data,

    /// <summary><c>{{</c>.</summary>
    PrintBegin,

    /// <summary><c>}}</c>.</summary>
    PrintEnd,

    /// <summary><c>{%</c>.</summary>
    BlockBegin,

    /// <summary><c>%}</c>.</summary>
    BlockEnd,

    Name,
    Text,
    Integer,
    Float,
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}
