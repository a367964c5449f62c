using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>The message of a choice.</summary>
sealed record ChatAnswer
{
    public string Role => "assistant";

    /// <summary>What the user reads; null where there are only calls.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Content { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Refusal => null;

    /// <summary>The reasoning as newer vLLM, Ollama and openai-agents name it.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The same as DeepSeek, llama.cpp and Microsoft.Extensions.AI name it.</summary>
    public string? ReasoningContent { get; init; }

    public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }

    /// <summary>The call in its older form, where the request declared <c>functions</c>.</summary>
    public ChatFunction? FunctionCall { get; init; }

    public IReadOnlyList<string> Annotations => [];
}
