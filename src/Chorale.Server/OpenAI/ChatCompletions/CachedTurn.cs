using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>What a model thought and said before it called: kept for clients that do not send it back.</summary>
/// <param name="Name">The name of the tool that was called, as the client knows it.</param>
/// <param name="Messages">Reasoning and preambles, in order, as the model wrote them.</param>
/// <param name="Reasoning">Its reasoning as the client was given it.</param>
/// <param name="Content">Its words to the user as the client was given them; empty where there were none.</param>
sealed record CachedTurn(string Name, IReadOnlyList<Message> Messages, string Reasoning, string Content)
{
    /// <summary>Characters that it holds, about.</summary>
    public int Size => Name.Length + Reasoning.Length + Content.Length + Messages.Sum(message => message.Text.Length) + 256;
}
