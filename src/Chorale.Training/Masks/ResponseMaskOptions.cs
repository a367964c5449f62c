using Chorale.Templates;

namespace Chorale.Training;

/// <summary>How whole conversations are masked by markers.</summary>
public sealed record ResponseMaskOptions
{
    /// <summary>The template that renders the conversation; null is <c>gpt-oss-unsloth</c>, the notebooks'.</summary>
    public ChatTemplate? Template { get; init; }

    /// <summary>The marker that ends what is learnt.</summary>
    public string InstructionPart { get; init => field = NotEmpty(value); } = ResponseMask.InstructionPart;

    /// <summary>The marker behind which learning begins.</summary>
    public string ResponsePart { get; init => field = NotEmpty(value); } = ResponseMask.ResponsePart;

    /// <summary>Whether only the last response is learnt.</summary>
    public bool LastResponseOnly { get; init; }

    static string NotEmpty(string value) => string.IsNullOrEmpty(value) ? throw new ArgumentException("A marker has at least one character.", nameof(value)) : value;
}
