namespace Chorale.Harmony;

/// <summary>Who wrote a message.</summary>
public enum Role
{
    /// <summary>The person the model talks with.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>Identity, reasoning effort, date, built-in tools and channels: <see cref="SystemContent"/>.</summary>
    System,

    /// <summary>Instructions and function tools, what other APIs call the system prompt: <see cref="DeveloperContent"/>.</summary>
    Developer,

    /// <summary>A tool's output; <see cref="Author.Name"/> is the tool.</summary>
    Tool,
}
