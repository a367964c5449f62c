namespace Chorale.Harmony;

/// <summary>What of a conversation is rendered and how, decided before anything is.</summary>
readonly ref struct RenderPlan
{
    readonly ControlTokens _control;
    readonly DroppingRule _rule;
    readonly bool _endsInReturn;

    public RenderPlan(HarmonyEncoding encoding, Conversation conversation, RenderOptions? options, RenderPurpose purpose)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        options ??= RenderOptions.Default;
        Messages = ((EquatableList<Message>)conversation.Messages).AsSpan();
        Context = new RenderContext(HasFunctionTools(Messages), options.Schemas);
        _control = encoding.Control;
        _rule = new DroppingRule(options.AnalysisDropping, Messages, purpose == RenderPurpose.Training);
        _endsInReturn = purpose == RenderPurpose.Training && Messages is [.., { Role: Role.Assistant, Channel: Channels.Final }];
    }

    public ReadOnlySpan<Message> Messages { get; }

    public RenderContext Context { get; }

    public RenderReason ReasonOf(int index) => _rule.ReasonOf(Messages[index], index);

    public bool Drops(int index) => ReasonOf(index).IsDropped();

    /// <summary>The id that ends the message.</summary>
    public int EndOf(int index) =>
        _endsInReturn && index == Messages.Length - 1 ? _control.Return : ConversationRenderer.EndOf(Messages[index], _control);

    // The key counts, not the namespace's name, and only in developer content.
    static bool HasFunctionTools(ReadOnlySpan<Message> messages)
    {
        foreach (Message message in messages)
            for (int i = 0; i < message.Content.Count; i++)
                if (message.Content[i] is DeveloperContent { Tools: { } tools } && tools.TryGetValue("functions", out ToolNamespace? functions) && functions.Tools.Count > 0)
                    return true;
        return false;
    }
}
