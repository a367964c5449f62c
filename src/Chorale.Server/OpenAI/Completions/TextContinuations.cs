using System.Runtime.CompilerServices;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>The continuations that a request of Completions asks for.</summary>
sealed class TextContinuations
{
    readonly ServerState _state;
    readonly TextCompletionRequest _request;
    readonly CompiledGrammar? _format;
    readonly IReadOnlyList<int> _stopIds;
    readonly Continuation[] _choices;

    TextContinuations(TextCompletionRequest request, ServerState state, CompiledGrammar? format)
    {
        (_state, _request, _format) = (state, request, format);
        _stopIds = request.IgnoresEnd ? request.StopTokenIds : [.. EndsOf(state.Model), .. request.StopTokenIds];
        _choices = [.. Enumerable.Range(0, request.Prompts.Count * request.Choices).Select(Make)];
    }

    /// <summary>What the answers cost that have ended; a prompt counts once, however many answers it has.</summary>
    public CompletionUsage Usage => new()
    {
        PromptTokens = _request.Prompts.Sum(prompt => prompt.Ids.Length),
        CompletionTokens = _choices.Sum(choice => choice.Writer.Count),
        PromptTokensDetails = new(_choices.Where((_, index) => index % _request.Choices == 0).Sum(choice => choice.Writer.CachedPromptTokens)),
        CompletionTokensDetails = new(0),
    };

    /// <summary>Prepares them.</summary>
    /// <exception cref="ApiException">The format cannot be enforced, or no text of it is so short.</exception>
    public static TextContinuations Prepare(TextCompletionRequest request, ServerState state)
    {
        try
        {
            return new(request, state, request.Format is { } format ? CompiledGrammar.Compile(format, state.Model.Vocabulary) : null);
        }
        catch (BudgetTooSmallException e)
        {
            throw ApiException.Invalid(e.Message, "max_tokens", "max_tokens_too_small");
        }
        catch (GrammarException e)
        {
            throw ApiException.Invalid(e.Message, param: null, "invalid_grammar");
        }
    }

    /// <summary>The pieces of all answers, each as soon as it is there.</summary>
    /// <param name="place">The place that the request has taken; it stays the caller's.</param>
    /// <param name="since">When the request came.</param>
    /// <param name="cancellationToken">Ends them at once.</param>
    public IAsyncEnumerable<TextChoice> StreamAsync(Admission.Place place, long since, CancellationToken cancellationToken) =>
        Interleaving.Of([.. _choices.Select(choice => Run(choice, place, since, cancellationToken))], _state.Options.Parallel, cancellationToken);

    /// <summary>The whole answers.</summary>
    /// <inheritdoc cref="StreamAsync" path="/param"/>
    public async Task<IReadOnlyList<TextChoice>> CompleteAsync(Admission.Place place, long since, CancellationToken cancellationToken)
    {
        TextChoiceBuilder[] builders = [.. _choices.Select((_, index) => new TextChoiceBuilder(index))];
        await foreach (TextChoice piece in StreamAsync(place, since, cancellationToken))
            builders[piece.Index].Add(piece);
        return [.. builders.Select(builder => builder.Build(_request))];
    }

    /// <summary>Where the model ends: its turn, or a text.</summary>
    static IEnumerable<int> EndsOf(ServedModel model) =>
        model.Encoding.Tokenizer.TryGetSpecial("<|endoftext|>", out int id) ? [.. model.Encoding.StopTokensForAssistantActions, id] : model.Encoding.StopTokensForAssistantActions;

    Continuation Make(int index)
    {
        TextPrompt prompt = _request.Prompts[index / _request.Choices];
        int room = _state.Model.ContextLength - prompt.Ids.Length;
        int? limit = _state.MaxTokens(_request.MaxTokens);
        GenerationRequest generation = new()
        {
            Prompt = prompt.Ids,
            StopIds = _stopIds,
            BoundaryIds = _state.Model.Encoding.StopTokens,
            MaxTokens = limit,
            Sampling = SamplingReader.ForChoice(_request.Sampling, index % _request.Choices),
            TopLogProbabilities = _request.TopLogprobs,
            Constraint = _format is null ? null : new GrammarConstraint(_format, Math.Min(limit ?? room, room), _request.IgnoresEnd ? null : GrammarConstraint.StopIdFor(_state.Model.Encoding, prompt.Ids)),
        };
        return new(generation, new TextChoiceWriter(_request, prompt, index, _stopIds, _state.Model.Encoding.Tokenizer));
    }

    async IAsyncEnumerable<TextChoice> Run(Continuation choice, Admission.Place place, long since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TextChoiceWriter writer = choice.Writer;
        if (writer.Begin() is { } beginning)
            yield return beginning;
        await place.WaitAsync(cancellationToken);
        _state.Metrics.QueueTime.Record(_state.Time.GetElapsedTime(since));
        await foreach (GeneratedToken token in Generate(choice.Request, since, cancellationToken))
        {
            if (writer.Next(token) is { } piece)
                yield return piece;
            if (writer.IsStopped)
                break;
        }
        if (!writer.HasEnded)
            yield return writer.End();
        _state.Metrics.RecordUsage(
            new() { PromptTokens = choice.Request.Prompt.Length, CachedPromptTokens = writer.CachedPromptTokens, OtherTokens = writer.Count },
            writer.WasCut ? ChatFinish.MaxTokens : ChatFinish.Stop);
    }

    /// <summary>The ids, measured; they end where the time is up.</summary>
    async IAsyncEnumerable<GeneratedToken> Generate(GenerationRequest request, long since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = _state.Options.RequestTimeout is { } timeout ? new(timeout, _state.Time) : new();
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        await using IAsyncEnumerator<GeneratedToken> ids = _state.Model.Generator.GenerateAsync(request, both.Token).GetAsyncEnumerator(both.Token);
        long last = since;
        bool isFirst = true;
        while (true)
        {
            try
            {
                if (!await ids.MoveNextAsync())
                    yield break;
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                yield break;
            }
            long now = _state.Time.GetTimestamp();
            (isFirst ? _state.Metrics.TimeToFirstToken : _state.Metrics.BetweenTokens).Record(_state.Time.GetElapsedTime(last, now));
            (last, isFirst) = (now, false);
            yield return ids.Current;
        }
    }

    sealed record Continuation(GenerationRequest Request, TextChoiceWriter Writer);
}
