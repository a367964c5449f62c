using System.Runtime.CompilerServices;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>The answers to one request, prepared: whatever is wrong with the request is known before anything is sent.</summary>
sealed class ChatTurns
{
    readonly ServerState _state;
    readonly ChatCompletionRequest _request;
    readonly Choice[] _choices;

    ChatTurns(ServerState state, ChatCompletionRequest request, Choice[] choices) => (_state, _request, _choices) = (state, request, choices);

    /// <summary>The ids that the model is given.</summary>
    public ReadOnlyMemory<int> Prompt => _choices[0].Turn.Prompt;

    /// <summary>What the answers cost that have ended.</summary>
    public CompletionUsage Usage => CompletionUsage.Of([.. _choices.Select(choice => choice.Writer.Usage ?? new ChatUsage { PromptTokens = Prompt.Length })]);

    /// <summary>Prepares them.</summary>
    /// <exception cref="ApiException">The prompt does not fit, or what is asked for cannot be enforced.</exception>
    public static ChatTurns Prepare(ChatCompletionRequest request, ServerState state, ReasoningCache cache)
    {
        try
        {
            return new(state, request, [.. Enumerable.Range(0, request.Choices).Select(index => PrepareChoice(request, index, state.Model, cache))]);
        }
        catch (PromptTooLongException e)
        {
            throw ApiException.ContextLengthExceeded(e.PromptLength, e.ContextLength, "messages");
        }
        catch (GrammarException e)
        {
            // Schemas of formats and strict tools were looked at when they were read: what is left is a grammar of another kind, or all of it together.
            throw ApiException.Invalid(e.Message, request.Form.HasFormat ? "response_format" : "tools", "invalid_grammar");
        }
        catch (HarmonyRenderException e)
        {
            throw ApiException.Invalid(e.Message, "messages", "invalid_value");
        }
    }

    /// <summary>The pieces of all answers, each as soon as it is there.</summary>
    /// <param name="place">The place that the request has taken; it stays the caller's.</param>
    /// <param name="since">When the request came.</param>
    /// <param name="cancellationToken">Ends them at once.</param>
    public IAsyncEnumerable<ChatChunkChoice> StreamAsync(Admission.Place place, long since, CancellationToken cancellationToken) =>
        Interleaving.Of([.. _choices.Select(choice => Run(choice, place, since, cancellationToken))], _state.Options.Parallel, cancellationToken);

    /// <summary>The whole answers.</summary>
    /// <inheritdoc cref="StreamAsync" path="/param"/>
    public async Task<IReadOnlyList<ChatChoice>> CompleteAsync(Admission.Place place, long since, CancellationToken cancellationToken)
    {
        ChatChoiceBuilder[] builders = [.. _choices.Select((_, index) => new ChatChoiceBuilder(index))];
        await foreach (ChatChunkChoice piece in StreamAsync(place, since, cancellationToken))
            builders[piece.Index].Add(piece);
        return [.. builders.Select((builder, index) => builder.Build(_request.Form.WithLogprobs, _request.ReturnsTokenIds ? _choices[index].Tap!.Ids : null))];
    }

    static Choice PrepareChoice(ChatCompletionRequest request, int index, ServedModel model, ReasoningCache cache)
    {
        TappedGenerator? tap = request.ReturnsTokenIds || request.Form.StopTokenIds.Count > 0 ? new(model.Generator, request.Form.StopTokenIds) : null;
        ChatSessionOptions options = request.Options with { Sampling = SamplingReader.ForChoice(request.Options.Sampling, index) };
        return new(TurnPreparation.Prepare(tap ?? model.Generator, model.Encoding, options, request.Messages), tap, new(request.Form, index, model.Encoding, cache));
    }

    async IAsyncEnumerable<ChatChunkChoice> Run(Choice choice, Admission.Place place, long since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return choice.Writer.Begin();
        await foreach (TurnEvent happened in _state.RunAsync(choice.Turn, place, since, cancellationToken))
        {
            ChatChunkChoice? piece = choice.Writer.Next(happened);
            if (_request.ReturnsTokenIds && choice.Tap!.Take() is { } ids)
                piece = (piece ?? choice.Writer.Empty()) with { TokenIds = ids };
            if (piece is not null)
                yield return piece;
        }
    }

    sealed record Choice(PreparedTurn Turn, TappedGenerator? Tap, ChatChoiceWriter Writer);
}
