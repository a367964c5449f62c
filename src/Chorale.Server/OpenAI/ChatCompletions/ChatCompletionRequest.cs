using Chorale.Chat;
using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>A request of Chat Completions, read and checked.</summary>
sealed record ChatCompletionRequest
{
    /// <summary>How to talk: instructions, tools, format, sampling, limits.</summary>
    public required ChatSessionOptions Options { get; init; }

    /// <summary>What was said, without the instructions.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>How the client wants to read the answers.</summary>
    public required ChatAnswerForm Form { get; init; }

    /// <summary>How many answers.</summary>
    public int Choices { get; init; } = 1;

    public bool Stream { get; init; }

    public bool IncludesUsage { get; init; }

    public bool ReturnsTokenIds { get; init; }

    /// <summary>The effort that the model is told.</summary>
    public required string Effort { get; init; }

    /// <summary>What was passed over.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
