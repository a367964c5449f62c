namespace Chorale.Templates;

/// <summary>Why a conversation could not be rendered.</summary>
public enum TemplateErrorKind
{
    /// <summary>The template's own <c>raise_exception</c>.</summary>
    Raised,

    /// <summary>A value that is not there was used.</summary>
    Undefined,

    /// <summary>An operation that Python refuses: text + null, a filter on the wrong type.</summary>
    Python,

    /// <summary>What <c>apply_chat_template</c> refuses itself, before the template or behind it.</summary>
    Call,

    /// <summary>A limit of <see cref="TemplateLimits"/> was reached.</summary>
    Limit,
}
