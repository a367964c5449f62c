using System.Runtime.CompilerServices;
using Chorale.Harmony;
using Chorale.Inference;
using Microsoft.Extensions.AI;

namespace Chorale.Chat;

/// <summary>gpt-oss as an <see cref="IChatClient"/>: every message of a conversation is in the request, and nothing is kept between requests but what the engine remembers of their prompts.</summary>
/// <remarks>
/// <para>
/// Reasoning comes as <see cref="TextReasoningContent"/> and goes back in the same way, before the call that it led to. A message's text in front of a call is what the model told the user about it
/// (the channel commentary). Calls come whole, as <see cref="FunctionCallContent"/>; what the model wrote is kept with them, so that it goes back as it came. Arguments that are no JSON object are no
/// exception: <see cref="FunctionCallContent.Exception"/> says so, and <see cref="ArgumentsKey"/> holds the text. gpt-oss makes one call in a turn, whatever
/// <see cref="ChatOptions.AllowMultipleToolCalls"/> allows.
/// </para>
/// <para>
/// <see cref="ChatOptions.RawRepresentationFactory"/> may give <see cref="ChatSessionOptions"/> to begin with: grammars, regular expressions, tools that take text. Threads may share the client. It owns
/// neither model nor generator.
/// </para>
/// </remarks>
public sealed class ChoraleChatClient : IChatClient
{
    /// <summary>On contents: the Harmony channel that they were written on, a string.</summary>
    public const string ChannelKey = "channel";

    /// <summary>On updates: the generated ids that they are made of, an <c>int[]</c>; on the last one, and so on message and response, all ids of the turn.</summary>
    public const string TokenIdsKey = "token_ids";

    /// <summary>On updates: the logarithms of the ids' probabilities, a <c>float[]</c>, where <see cref="ChatSessionOptions.TopLogProbabilities"/> asked for them; on the last one those of all text that was shown.</summary>
    public const string LogProbabilitiesKey = "log_probabilities";

    /// <summary>On a call: its arguments as the model wrote them, a string.</summary>
    public const string ArgumentsKey = "arguments";

    /// <summary>On a call, and on a tool in a request: the tool's namespace, a string; <c>functions</c> where nothing is said.</summary>
    public const string NamespaceKey = "namespace";

    /// <summary>On the last update, message and response: how many ids the prompt had, an <c>int</c>.</summary>
    public const string PromptTokensKey = "prompt_tokens";

    /// <summary>On the last update, message and response: where the model left the format, and what was made of it, a <c>string[]</c>.</summary>
    public const string RepairsKey = "repairs";

    /// <summary>On the last update, message and response: the call that a limit cut, a string: its name and what there is of its arguments.</summary>
    public const string CutCallKey = "cut_call";

    /// <summary>On the last update, message and response: which stop sequence ended it, a string.</summary>
    public const string StopSequenceKey = "stop_sequence";

    /// <summary>On the last update, message and response: what of the request could not be honoured, a <c>string[]</c>.</summary>
    public const string NotesKey = "notes";

    readonly ChatModel _model;
    readonly ChoraleChatClientOptions _options;
    readonly ChatClientMetadata _metadata;

    /// <summary>A client over a model.</summary>
    /// <param name="model">Who answers; it stays the caller's.</param>
    /// <param name="options">Null takes the defaults.</param>
    public ChoraleChatClient(ChatModel model, ChoraleChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _options = options ?? new();
        _metadata = new("chorale", providerUri: null, model.Name);
    }

    /// <summary>A client over any generator.</summary>
    /// <param name="generator">Continues the ids.</param>
    /// <param name="encoding">Renders and parses, over the vocabulary of that generator's model.</param>
    /// <param name="options">Null takes the defaults.</param>
    /// <param name="modelName">What the model is called in responses.</param>
    public ChoraleChatClient(ITokenGenerator generator, HarmonyEncoding encoding, ChoraleChatClientOptions? options = null, string modelName = "gpt-oss")
        : this(ChatModel.Of(modelName, generator, encoding), options)
    {
    }

    /// <summary>Answers a conversation.</summary>
    /// <param name="messages">All of it. System messages in front become the instructions of the developer message, later ones developer messages in their place.</param>
    /// <param name="options">What differs from the client's own.</param>
    /// <param name="cancellationToken">Ends the turn at once.</param>
    /// <returns>One message; its text is the answer.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, a required tool is not declared, or a message holds what a text model cannot read.</exception>
    /// <inheritdoc cref="ChatSession.Prepare" path="/exception"/>
    /// <exception cref="QueueFullException">As many requests wait for the engine as may.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
            updates.Add(update);
        ChatResponse response = updates.ToChatResponse();
        response.RawRepresentation = updates[^1].RawRepresentation;
        response.AdditionalProperties = updates[^1].AdditionalProperties;
        return response;
    }

    /// <summary>Answers a conversation, as it is written.</summary>
    /// <inheritdoc cref="GetResponseAsync" path="/param|/exception"/>
    /// <returns>Updates of one message; the last one holds the usage and, as its raw representation, the <see cref="ChatTurn"/>.</returns>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return StreamAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        object[] services = [this, _metadata, _model, _model.Generator, _model.Encoding, _model.Tokenizer, _options];
        return serviceKey is null ? Array.Find(services, serviceType.IsInstanceOfType) : null;
    }

    /// <summary>Does nothing: the model is not the client's.</summary>
    public void Dispose()
    {
        // nothing is owned
    }

    async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChatRequest request = ChatRequest.Read(messages, options, options?.RawRepresentationFactory?.Invoke(this) as ChatSessionOptions ?? _options.Session, Today());
        PreparedTurn turn = new ChatSession(_model.Generator, _model.Encoding, request.Options).Prepare(request.Messages);
        UpdateWriter writer = new(_model.Name, _options.TimeProvider.GetUtcNow(), request);
        await foreach (TurnEvent happened in turn.StreamPartsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (writer.Write(happened) is { } update)
                yield return update;
        }
    }

    DateOnly? Today() => _options.ShowsDate ? DateOnly.FromDateTime(_options.TimeProvider.GetLocalNow().DateTime) : null;
}
