namespace Chorale.Chat;

/// <summary>How a <see cref="ChoraleChatClient"/> talks where a request does not say otherwise. Immutable.</summary>
public sealed record ChoraleChatClientOptions
{
    /// <summary>
    /// What each request begins with, its own options laid over it. Turns are held to the shape of Harmony, and reasoning stays in the prompt until an answer has followed it, as the published
    /// chat template has it.
    /// </summary>
    public ChatSessionOptions Session { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = new() { EnforceFormat = true, AnalysisDropping = Harmony.AnalysisDropping.Template };

    /// <summary>Whether the system message names the day, as gpt-oss expects; a day in <see cref="Session"/> stays. It changes the prompt once a day.</summary>
    public bool ShowsDate { get; init; } = true;

    /// <summary>The clock: for the day, and for when a response was made.</summary>
    public TimeProvider TimeProvider { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = TimeProvider.System;
}
