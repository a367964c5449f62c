using System.Collections.Frozen;

namespace Chorale.Harmony;

/// <summary>Where the ids of a prompt or a completion go: by message, by channel, by part of the prompt, by special token.</summary>
public sealed record TokenAnalysis
{
    TokenAnalysis(HarmonyEncoding encoding, int[] ids, List<AnalyzedMessage> messages, PromptCosts costs)
    {
        Ids = EquatableList.Copy(ids);
        Messages = EquatableList.Copy(messages);
        Parts = EquatableList.Copy(costs.Parts);
        Specials = CountSpecials(encoding, ids);
        ChannelIds = messages.Where(message => message.Message.Role == Role.Assistant).GroupBy(message => message.Message.Channel ?? "", StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.Sum(message => message.Ids), StringComparer.Ordinal);
    }

    /// <summary>The ids themselves.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>How many there are.</summary>
    public int TotalIds => Ids.Count;

    /// <summary>Each message that is among the ids; those that were dropped are not.</summary>
    public IReadOnlyList<AnalyzedMessage> Messages { get; }

    /// <summary>What each part costs, in the order of first appearance; they add up to <see cref="TotalIds"/>.</summary>
    public IReadOnlyList<PromptPart> Parts { get; }

    /// <summary>The special tokens by name, and how often each stands.</summary>
    public IReadOnlyDictionary<string, int> Specials { get; }

    /// <summary>How many ids the assistant's messages have, by channel, headers included; those without channel are under the empty string.</summary>
    public IReadOnlyDictionary<string, int> ChannelIds { get; }

    /// <summary>Analyses the prompt of a conversation.</summary>
    /// <param name="encoding">Renders it.</param>
    /// <param name="conversation">The messages.</param>
    /// <param name="options">Null is the default, which drops old reasoning.</param>
    /// <param name="purpose">What it is rendered for.</param>
    /// <exception cref="HarmonyRenderException">A message that has no rendered form.</exception>
    public static TokenAnalysis Of(HarmonyEncoding encoding, Conversation conversation, RenderOptions? options = null, RenderPurpose purpose = RenderPurpose.Completion)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        ArgumentNullException.ThrowIfNull(conversation);
        int[] ids = purpose switch
        {
            RenderPurpose.Completion => encoding.RenderForCompletion(conversation, options: options),
            RenderPurpose.Training => encoding.RenderForTraining(conversation, options),
            _ => encoding.RenderConversation(conversation, options),
        };
        ControlTokens control = encoding.Control;
        List<AnalyzedMessage> messages = [];
        PromptCosts costs = new(encoding.Tokenizer);
        int at = 0;
        foreach (RenderedMessage rendered in encoding.DescribeRendering(conversation, options, purpose).Messages)
        {
            if (!rendered.IsKept)
                continue;
            // No text can forge a control token, so these are where the renderer put them.
            int content = at + ids.AsSpan(at).IndexOf(control.Message) + 1;
            int end = content + ids.AsSpan(content).IndexOfAny(control.End, control.Return, control.Call);
            messages.Add(new(rendered.Index, rendered.Message, at, content - at, end - content, end + 1 - at));
            costs.Add(rendered.Message, content - at + 1, ids.AsSpan(content, end - content));
            at = end + 1;
        }
        costs.AddFree("next", ids.Length - at);
        return new(encoding, ids, messages, costs);
    }

    /// <summary>Analyses ids, whatever they are.</summary>
    /// <param name="encoding">The vocabulary that they are of.</param>
    /// <param name="ids">The ids.</param>
    /// <param name="role">The role of the first message where its <c>&lt;|start|&gt;role</c> was in the prompt; null where the ids begin with <c>&lt;|start|&gt;</c>.</param>
    public static TokenAnalysis Of(HarmonyEncoding encoding, ReadOnlySpan<int> ids, Role? role = null)
    {
        TokenExplanation explanation = TokenExplanation.Of(encoding, ids, role);
        List<AnalyzedMessage> messages = [];
        PromptCosts costs = new(encoding.Tokenizer);
        int at = 0;
        while (at < ids.Length)
        {
            int message = explanation.Tokens[at].MessageIndex;
            int start = at, header = 0;
            List<int> content = [];
            for (; at < ids.Length && explanation.Tokens[at].MessageIndex == message; at++)
            {
                if (explanation.Tokens[at].Kind is TokenKind.Content or TokenKind.Unknown)
                    content.Add(ids[at]);
                else if (content.Count == 0)
                    header++;
            }
            if (message < 0)
            {
                costs.AddFree(start == TokenExplanation.PromptLength(encoding, ids) ? "next" : "between", at - start);
                continue;
            }
            messages.Add(new(message, explanation.Messages[message], start, header, content.Count, at - start));
            costs.Add(explanation.Messages[message], at - start - content.Count, [.. content]);
        }
        return new(encoding, ids.ToArray(), messages, costs);
    }

    static FrozenDictionary<string, int> CountSpecials(HarmonyEncoding encoding, int[] ids)
    {
        Dictionary<int, int> counts = [];
        foreach (int id in ids.Where(encoding.Tokenizer.IsSpecial))
            counts[id] = counts.GetValueOrDefault(id) + 1;
        return encoding.Tokenizer.SpecialTokens.Where(special => counts.ContainsKey(special.Value))
            .ToFrozenDictionary(special => special.Key, special => counts[special.Value], StringComparer.Ordinal);
    }
}
