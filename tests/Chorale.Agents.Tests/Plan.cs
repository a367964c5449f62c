using Chorale.Chat;
using Chorale.Harmony;
using Microsoft.Extensions.AI;

namespace Chorale.Agents.Tests;

/// <summary>A conversation as it shall go, whole; the model says its part of it, in turns that end where somebody else speaks.</summary>
sealed class Plan
{
    static readonly HarmonyEncoding Encoding = HarmonyEncoding.Default;

    readonly Message[] _messages;

    public Plan(params Message[] messages)
    {
        _messages = messages;
        Generator = new(Encoding, Turns().Select(turn => new ScriptedAnswer(Ids(turn))));
    }

    public ScriptedGenerator Generator { get; }

    public IReadOnlyList<Message> Messages => _messages;

    public Agent Agent(params AIFunction[] tools) => Agent(new AgentOptions { Tools = [AgentTools.Of(tools)] });

    public Agent Agent(AgentOptions options) => new(Generator, Encoding, options);

    IEnumerable<List<Message>> Turns()
    {
        List<Message> turn = [];
        foreach (Message message in _messages)
        {
            if (message.Role == Role.Assistant)
            {
                turn.Add(message);
            }
            else if (turn.Count > 0)
            {
                yield return turn;
                turn = [];
            }
        }
        if (turn.Count > 0)
            yield return turn;
    }

    /// <summary>The ids behind <c>&lt;|start|&gt;assistant</c>, with the end that stops the model.</summary>
    static int[] Ids(List<Message> turn)
    {
        int[] ids = [.. turn.SelectMany(message => Encoding.RenderMessage(message))];
        if (!HarmonyCall.IsCall(turn[^1]))
            ids[^1] = Encoding.Tokenizer.SpecialTokens["<|return|>"];
        return ids[2..];
    }
}
