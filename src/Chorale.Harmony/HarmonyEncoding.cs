using System.Buffers;
using Chorale.Tokenization;

namespace Chorale.Harmony;

/// <summary>
/// The Harmony format over a vocabulary: messages to token ids and back, as openai-harmony 0.0.8 does it, byte for byte.
/// Immutable; threads may share it.
/// </summary>
/// <remarks>
/// Text is always ordinary text: a control token is appended by its id and never comes from its spelling, so that nothing
/// in a message's content can forge one.
/// </remarks>
public sealed class HarmonyEncoding
{
    /// <summary>Harmony over a vocabulary that has the control tokens by name; their ids may be any.</summary>
    /// <exception cref="ArgumentException">The vocabulary lacks a control token; the message names it.</exception>
    public HarmonyEncoding(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        Tokenizer = tokenizer;
        Control = new ControlTokens(tokenizer);
        Headers = new HeaderPieces(tokenizer);
        StopTokens = EquatableList.Copy(new[] { Control.Return, Control.End, Control.Call }.Order());
        StopTokensForAssistantActions = EquatableList.Copy(new[] { Control.Return, Control.Call }.Order());
    }

    /// <summary>Harmony over <see cref="Tokenizer.O200kHarmony"/>, the vocabulary of gpt-oss; built at its first use.</summary>
    public static HarmonyEncoding Default => DefaultHolder.Instance;

    /// <summary>The official name of this format.</summary>
    public static string Name => "HarmonyGptOss";

    /// <summary>The official name of the vocabulary of gpt-oss.</summary>
    public static string TokenizerName => "o200k_harmony";

    /// <summary>How many tokens the official implementation says a message may have; nothing enforces it.</summary>
    public static int MaxMessageTokens => 524_288;

    /// <summary>The vocabulary.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The ids that end a message, ascending: <c>&lt;|return|&gt;</c>, <c>&lt;|end|&gt;</c>, <c>&lt;|call|&gt;</c>.</summary>
    public IReadOnlyList<int> StopTokens { get; }

    /// <summary>The ids that end the assistant's turn, ascending: <c>&lt;|return|&gt;</c>, <c>&lt;|call|&gt;</c>. Stop sampling at these.</summary>
    public IReadOnlyList<int> StopTokensForAssistantActions { get; }

    internal ControlTokens Control { get; }

    internal HeaderPieces Headers { get; }

    /// <summary>Renders the messages, each with its end token.</summary>
    /// <param name="conversation">The messages.</param>
    /// <param name="options">Null is the default, which drops old reasoning.</param>
    /// <exception cref="HarmonyRenderException">A message that has no rendered form; nothing was written.</exception>
    /// <exception cref="SchemaException">The style is complete and a tool's schema cannot be read; nothing was written.</exception>
    public int[] RenderConversation(Conversation conversation, RenderOptions? options = null) =>
        Collect(destination => RenderConversation(conversation, options, destination));

    /// <inheritdoc cref="RenderConversation(Conversation, RenderOptions?)"/>
    public void RenderConversation(Conversation conversation, RenderOptions? options, IBufferWriter<int> destination) =>
        ConversationRenderer.Render(this, conversation, options, RenderPurpose.Conversation, destination);

    /// <summary>Renders the messages and the start of the next one, which the model goes on with: the prompt.</summary>
    /// <param name="conversation">The messages.</param>
    /// <param name="nextRole">Whose turn it is.</param>
    /// <param name="options">Null is the default, which drops old reasoning.</param>
    /// <exception cref="HarmonyRenderException">A message that has no rendered form; nothing was written.</exception>
    /// <exception cref="SchemaException">The style is complete and a tool's schema cannot be read; nothing was written.</exception>
    public int[] RenderForCompletion(Conversation conversation, Role nextRole = Role.Assistant, RenderOptions? options = null) =>
        Collect(destination => RenderForCompletion(conversation, nextRole, options, destination));

    /// <inheritdoc cref="RenderForCompletion(Conversation, Role, RenderOptions?)"/>
    public void RenderForCompletion(Conversation conversation, Role nextRole, RenderOptions? options, IBufferWriter<int> destination)
    {
        ConversationRenderer.Render(this, conversation, options, RenderPurpose.Completion, destination);
        ConversationRenderer.RenderStart(this, nextRole, destination);
    }

    /// <summary>
    /// Renders the messages; where the last is the assistant's on the channel final, it ends in <c>&lt;|return|&gt;</c>.
    /// </summary>
    /// <param name="conversation">The messages.</param>
    /// <param name="options">Null is the default, which drops old reasoning.</param>
    /// <exception cref="HarmonyRenderException">A message that has no rendered form; nothing was written.</exception>
    /// <exception cref="SchemaException">The style is complete and a tool's schema cannot be read; nothing was written.</exception>
    public int[] RenderForTraining(Conversation conversation, RenderOptions? options = null) =>
        Collect(destination => RenderForTraining(conversation, options, destination));

    /// <inheritdoc cref="RenderForTraining(Conversation, RenderOptions?)"/>
    public void RenderForTraining(Conversation conversation, RenderOptions? options, IBufferWriter<int> destination) =>
        ConversationRenderer.Render(this, conversation, options, RenderPurpose.Training, destination);

    /// <summary>Renders one message with its end token.</summary>
    /// <param name="message">The message.</param>
    /// <param name="hasFunctionTools">
    /// Whether the conversation around it has function tools: the system message then says that calls go to commentary.
    /// </param>
    /// <param name="schemas">How the tools' schemas are written.</param>
    /// <exception cref="HarmonyRenderException">The message has no rendered form; nothing was written.</exception>
    /// <exception cref="SchemaException">The style is complete and a tool's schema cannot be read; nothing was written.</exception>
    public int[] RenderMessage(Message message, bool hasFunctionTools = false, SchemaStyle schemas = SchemaStyle.Official) =>
        Collect(destination => RenderMessage(message, hasFunctionTools, schemas, destination));

    /// <inheritdoc cref="RenderMessage(Message, bool, SchemaStyle)"/>
    public void RenderMessage(Message message, bool hasFunctionTools, SchemaStyle schemas, IBufferWriter<int> destination) =>
        ConversationRenderer.RenderMessage(this, message, new RenderContext(hasFunctionTools, schemas), destination);

    /// <summary>Tells of each message whether a rendering keeps or drops it, why, and how many ids it costs.</summary>
    /// <param name="conversation">The messages.</param>
    /// <param name="options">Null is the default, which drops old reasoning.</param>
    /// <param name="purpose">Which rendering is described.</param>
    /// <param name="nextRole">Whose turn it is, for <see cref="RenderPurpose.Completion"/>.</param>
    /// <exception cref="HarmonyRenderException">A message that is kept has no rendered form.</exception>
    public RenderReport DescribeRendering(Conversation conversation, RenderOptions? options = null, RenderPurpose purpose = RenderPurpose.Completion, Role nextRole = Role.Assistant) =>
        ConversationRenderer.Describe(this, conversation, options, purpose, nextRole);

    /// <summary>A parser that is fed id by id.</summary>
    /// <param name="role">
    /// The role of the first message where its <c>&lt;|start|&gt;role</c> was in the prompt, as with a completion; null
    /// where the ids begin with <c>&lt;|start|&gt;</c>.
    /// </param>
    /// <param name="mode">What it does where the model left the format; the default never fails.</param>
    public HarmonyParser CreateParser(Role? role = null, ParserMode mode = ParserMode.Tolerant) => new(this, role, mode);

    /// <summary>Parses ids that are all there.</summary>
    /// <inheritdoc cref="CreateParser" path="/param"/>
    /// <exception cref="HarmonyParseException">The first id that is refused, or an end inside a header; never in <see cref="ParserMode.Tolerant"/>.</exception>
    public IReadOnlyList<Message> Parse(ReadOnlySpan<int> ids, Role? role = null, ParserMode mode = ParserMode.Tolerant)
    {
        HarmonyParser parser = CreateParser(role, mode);
        parser.Push(ids);
        parser.Finish();
        return parser.Messages;
    }

    static int[] Collect(Action<IBufferWriter<int>> render)
    {
        using PooledIds ids = new();
        render(ids);
        return ids.Written.ToArray();
    }

    static class DefaultHolder
    {
        internal static readonly HarmonyEncoding Instance = new(Tokenizer.O200kHarmony);
    }
}
