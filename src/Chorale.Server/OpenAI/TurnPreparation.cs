using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>Prepares the turns of both APIs.</summary>
static class TurnPreparation
{
    /// <summary>
    /// Prepares a turn. A limit that is too small for any answer of the form that was asked for (probes send a limit of 1) gives an answer that is cut, and says so, rather than none.
    /// </summary>
    /// <inheritdoc cref="ChatSession(ITokenGenerator, HarmonyEncoding, ChatSessionOptions)" path="/param"/>
    /// <inheritdoc cref="ChatSession.Prepare" path="/exception"/>
    public static PreparedTurn Prepare(ITokenGenerator generator, HarmonyEncoding encoding, ChatSessionOptions options, IReadOnlyList<Message> messages)
    {
        try
        {
            return new ChatSession(generator, encoding, options).Prepare(messages);
        }
        catch (BudgetTooSmallException)
        {
            ChatSessionOptions free = options with { Answer = null, ToolChoice = HarmonyToolChoice.Auto, EnforceTools = ToolEnforcement.Off, EnforceFormat = false, MaxReasoningTokens = null };
            return new ChatSession(generator, encoding, free).Prepare(messages);
        }
    }
}
