using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chorale.Server;

/// <summary>Makes responses, finds them again, ends them: all of the Responses API that is neither HTTP nor storage.</summary>
sealed partial class ResponseService : IHostedService
{
    const string CompactionRequest =
        "Note for yourself what has been said and done so far, so that you can go on without it: what the user wants, what was found out and decided, what is done and what is left, with all names, paths and numbers that will be needed. Answer with the note alone.";

    /// <summary>How much of a conversation is read from the store, by bytes: far more than any context holds.</summary>
    const long MaxChainBytes = 64L << 20;

    /// <summary>An event is kept 100 ms after it was sent at the latest; half of that leaves time to do it.</summary>
    static readonly TimeSpan KeepInterval = TimeSpan.FromMilliseconds(50);

    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100), PruneInterval = TimeSpan.FromMinutes(1), CancelWait = TimeSpan.FromSeconds(10);

    static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1024 };

    readonly ServerState _state;
    readonly IResponseStore _store;
    readonly ILogger<ResponseService> _logger;
    readonly ReasoningSeal _seal;
    readonly ConcurrentDictionary<string, ResponseRun> _runs = new(StringComparer.Ordinal);
    ITimer? _pruning;

    public ResponseService(ServerState state, IResponseStore store, ILogger<ResponseService> logger)
    {
        (_state, _store, _logger) = (state, store, logger);
        _seal = new(state.Options.SealingKey);
        _store.CancelRequested = id =>
        {
            if (_runs.TryGetValue(id, out ResponseRun? run))
                run.Stop(ResponseEnd.Cancelled);
        };
    }

    /// <summary>How many responses are being made.</summary>
    public int Running => _runs.Count;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _store.StartAsync(cancellationToken);
        _pruning = _state.Time.CreateTimer(state => _ = PruneAsync(), null, PruneInterval, PruneInterval);
    }

    /// <summary>Lets the responses that are being made end, in the background too; those that have not by then are interrupted.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_pruning is not null)
            await _pruning.DisposeAsync();
        try
        {
            await Task.WhenAll(_runs.Values.Select(run => run.Completion)).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            foreach (ResponseRun run in _runs.Values)
                run.Stop(ResponseEnd.Stopped);
            await Task.WhenAll(_runs.Values.Select(run => run.Completion));
        }
    }

    /// <summary>Begins a response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="since">When it came, a timestamp.</param>
    /// <param name="cancellationToken">Ends the beginning, not what was begun.</param>
    /// <returns>The running response: its first events are kept, and may be sent.</returns>
    /// <exception cref="ApiException">The request cannot be served.</exception>
    public async Task<ResponseRun> CreateAsync(ResponseRequest request, long since, CancellationToken cancellationToken)
    {
        ResponseIds ids = ResponseIds.New();
        IReadOnlyList<RequestValue> items = await ResolveAsync(request.Input, cancellationToken);
        List<string> warnings = [.. request.Warnings];
        ResponsePrompt prompt = await ReadPromptAsync(request, items, warnings, cancellationToken);
        byte[] input = InputItems.Write(items, ids);
        PreparedTurn turn = prompt.Prepare(_state.Model, request.Truncates, warnings);

        Admission.Place place = _state.Admission.Enter();
        ResponseRun? run = null;
        try
        {
            DateTimeOffset now = _state.Time.GetUtcNow();
            ResponseEventWriter writer = new(ids, request.ToResponse(ids.Id, _state.Model.Id, now.ToUnixTimeSeconds(), warnings), new()
            {
                CustomTools = request.Tools.Custom,
                HasFormat = request.Format is not null,
                Summary = request.Summary is not null,
                Seal = request.SealsReasoning ? _seal : null,
                Logprobs = request.Logprobs,
                Tokenizer = _state.Model.Encoding.Tokenizer,
            });
            run = new(ids.Id, writer, request.Store ? new(_store, ids.Id, _state.Time, KeepInterval) : null, _state);
            _runs[ids.Id] = run;
            StoredEvent[] first = [.. writer.Begin()];
            if (request.Store)
            {
                await _store.CreateAsync(new()
                {
                    Id = ids.Id,
                    PreviousId = request.PreviousResponseId,
                    CreatedAt = now,
                    Status = ResponseStatuses.Parse(writer.Response.Status),
                    Input = input,
                    Response = ResponseEventWriter.Serialize(writer.Response),
                }, first, cancellationToken);
            }
            run.Begin(first);
        }
        catch
        {
            place.Dispose();
            if (run is not null)
                Forget(run);
            throw;
        }
        _ = MakeAsync(run, turn, place, since);
        return run;
    }

    /// <summary>How many ids the prompt of a request has.</summary>
    public async Task<int> CountTokensAsync(ResponseRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<RequestValue> items = await ResolveAsync(request.Input, cancellationToken);
        ResponsePrompt prompt = await ReadPromptAsync(request, items, [], cancellationToken);
        return prompt.CountTokens(_state.Model);
    }

    /// <summary>Has the model note what a conversation holds, so that it can go on without its messages: the user's stay, all else is in a sealed note.</summary>
    /// <exception cref="ApiException">The request cannot be served.</exception>
    public async Task<CompactedResponse> CompactAsync(ResponseRequest request, long since, CancellationToken cancellationToken)
    {
        ResponseIds ids = ResponseIds.New();
        List<RequestValue> items = [];
        if (request.PreviousResponseId is { } previous)
            items.AddRange(await ReadChainAsync(previous, cancellationToken));
        items.AddRange(await ResolveAsync(request.Input, cancellationToken));
        ResponsePrompt prompt = await ReadPromptAsync(request with { PreviousResponseId = null }, items, [], cancellationToken);
        PreparedTurn turn = (prompt with { Messages = [.. prompt.Messages, Message.User(CompactionRequest)] }).Prepare(_state.Model, truncates: true, []);

        using Admission.Place place = _state.Admission.Enter();
        StringBuilder note = new();
        ChatTurn? ended = null;
        await foreach (TurnEvent happened in _state.RunAsync(turn, place, since, cancellationToken))
        {
            if (happened is { Kind: TurnEventKind.Delta, PartKind: TurnPartKind.Answer })
                note.Append(happened.Text);
            ended = happened.Turn;
        }
        JsonElement written = JsonElement.Parse(InputItems.Write([.. items.Where(item => item.IsText || IsOfUser(item.Element))], ids), Deep);
        string id = ids.OfOutput("cmp", 0);
        JsonElement compaction = JsonSerializer.SerializeToElement(
            new OutputItem { Id = id, Type = "compaction", Status = "completed", EncryptedContent = _seal.Seal(id, note.ToString()) }, ResponsesJson.Default.OutputItem);
        return new(ids.Id, _state.Time.GetUtcNow().ToUnixTimeSeconds(), [.. written.EnumerateArray(), compaction], ResponseUsage.Of(ended!.Usage));

        static bool IsOfUser(JsonElement item) => item.TryGetProperty("role", out JsonElement role) && role.ValueKind == JsonValueKind.String && role.ValueEquals("user");
    }

    /// <summary>The response object as it is now, in UTF-8.</summary>
    /// <exception cref="ApiException">404: there is none.</exception>
    public async Task<ReadOnlyMemory<byte>> GetAsync(string id, CancellationToken cancellationToken)
    {
        if (_runs.TryGetValue(id, out ResponseRun? run))
            return ResponseEventWriter.Serialize(run.Response);
        StoredResponse stored = await FindAsync(id, cancellationToken);
        if (stored.Status.IsEnd())
            return stored.Response;
        return InterruptedResponse.Bytes(InterruptedResponse.Read(stored.Response, await ReadAllEventsAsync(id, cancellationToken)));    // another process makes it
    }

    /// <summary>The events of a response behind a sequence number: those that were, and, where it is still being made, those that come.</summary>
    /// <exception cref="ApiException">404: there is none; before the first event.</exception>
    public async Task<IAsyncEnumerable<StoredEvent>> ReplayAsync(string id, int after, CancellationToken cancellationToken)
    {
        if (_runs.TryGetValue(id, out ResponseRun? run))
            return run.Log.ReadAsync(after, cancellationToken);
        await FindAsync(id, cancellationToken);
        return ReadStoredAsync(id, after, cancellationToken);
    }

    /// <summary>Ends a response that is being made, wherever; what was said until then stays. One that has ended stays as it is.</summary>
    /// <returns>The response object, in UTF-8.</returns>
    /// <exception cref="ApiException">404: there is none.</exception>
    public async Task<ReadOnlyMemory<byte>> CancelAsync(string id, CancellationToken cancellationToken)
    {
        if (_runs.TryGetValue(id, out ResponseRun? run))
        {
            run.Stop(ResponseEnd.Cancelled);
            await run.Completion.WaitAsync(cancellationToken);
            return ResponseEventWriter.Serialize(run.Response);
        }
        StoredResponse stored = await FindAsync(id, cancellationToken);
        if (!stored.Status.IsEnd())
        {
            await _store.RequestCancelAsync(id, cancellationToken);
            long since = _state.Time.GetTimestamp();
            while (!stored.Status.IsEnd() && _state.Time.GetElapsedTime(since) < CancelWait)
            {
                await Task.Delay(PollInterval, _state.Time, cancellationToken);
                stored = await FindAsync(id, cancellationToken);
            }
        }
        return stored.Response;
    }

    /// <summary>Deletes a response; one that is being made is cancelled.</summary>
    /// <exception cref="ApiException">404: there is none.</exception>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        bool wasRunning = _runs.TryGetValue(id, out ResponseRun? run);
        if (wasRunning)
        {
            run!.Stop(ResponseEnd.Cancelled);
            await run.Completion.WaitAsync(cancellationToken);
        }
        if (!ResponseIds.IsId(id) || (!await _store.DeleteAsync(id, cancellationToken) && !wasRunning))
            throw NotFound(id);
    }

    /// <summary>The items that a response was made of, a JSON array.</summary>
    /// <exception cref="ApiException">404: there is no such response.</exception>
    public async Task<ReadOnlyMemory<byte>> GetInputAsync(string id, CancellationToken cancellationToken) => (await FindAsync(id, cancellationToken)).Input;

    /// <summary>Throws what went wrong in a response, where anything did.</summary>
    public static void ThrowIfFailed(ResponseRun run)
    {
        if (run.Failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    async Task MakeAsync(ResponseRun run, PreparedTurn turn, Admission.Place place, long since)
    {
        await Task.Yield();    // whoever asked goes on to read
        await run.RunAsync(turn, place, since);
        if (run.Failure is { } failure)
            LogFailure(run.Id, failure);
        Forget(run);
    }

    void Forget(ResponseRun run)
    {
        _runs.TryRemove(run.Id, out _);
        run.Dispose();
    }

    async Task<ResponsePrompt> ReadPromptAsync(ResponseRequest request, IReadOnlyList<RequestValue> items, List<string> warnings, CancellationToken cancellationToken)
    {
        if (request.Model is { } model)
            _state.RequireModel(model);
        InputReader reader = new(request.Tools, _seal, warnings);
        if (request.PreviousResponseId is { } previous)
            reader.Read(await ReadChainAsync(previous, cancellationToken));
        reader.Read(items);
        return ResponsePrompt.Of(request, reader, _state.MaxTokens(request.MaxOutputTokens), _state.Time);
    }

    /// <summary>All items of the responses that a request goes on from, what came in and what was answered.</summary>
    async Task<IReadOnlyList<RequestValue>> ReadChainAsync(string id, CancellationToken cancellationToken)
    {
        const string param = "previous_response_id";
        if (_runs.ContainsKey(id))
            throw ApiException.Invalid($"Response '{id}' is still being made.", param, "response_not_finished");
        IReadOnlyList<StoredResponse> chain = ResponseIds.IsId(id) ? await _store.FindChainAsync(id, MaxChainBytes, cancellationToken) : [];
        if (chain.Count == 0)
            throw ApiException.Invalid($"Previous response with id '{RequestValue.Shorten(id)}' not found.", param, "previous_response_not_found");
        if (chain[0].PreviousId is { } missing)
        {
            throw await _store.FindAsync(missing, cancellationToken) is null
                ? ApiException.Invalid($"Response '{missing}', from which '{id}' goes on, is no longer stored.", param, "previous_response_not_found")
                : ApiException.Invalid($"The conversation that ends in response '{id}' is too long to be read again.", param, "context_length_exceeded");
        }
        List<RequestValue> items = [];
        foreach (StoredResponse found in chain)
        {
            StoredResponse link = found.Status.IsEnd() ? found : await FindAsync(found.Id, cancellationToken);
            if (!link.Status.IsEnd())
                throw ApiException.Invalid($"Response '{link.Id}' is still being made.", param, "response_not_finished");
            Add(JsonElement.Parse(link.Input.Span, Deep), $"{link.Id}.input");
            Add(JsonElement.Parse(link.Response.Span, Deep).GetProperty("output"), $"{link.Id}.output");
        }
        return items;

        void Add(JsonElement array, string path) => items.AddRange(new RequestValue(array, path).Array());
    }

    /// <summary>Puts items in the place of references to them.</summary>
    async Task<IReadOnlyList<RequestValue>> ResolveAsync(IReadOnlyList<RequestValue> items, CancellationToken cancellationToken)
    {
        List<RequestValue> resolved = new(items.Count);
        Dictionary<string, StoredResponse?> found = new(StringComparer.Ordinal);
        foreach (RequestValue item in items)
        {
            if (!item.IsObject || !IsReference(item.Object()))
            {
                resolved.Add(item);
                continue;
            }
            RequestObject reference = item.Object();
            string id = reference.Text("id");
            StoredResponse? holder = null;
            if (ResponseIds.TryFindResponse(id, out string responseId) && !found.TryGetValue(responseId, out holder))
                found[responseId] = holder = await _store.FindAsync(responseId, cancellationToken);
            JsonElement? meant = holder is null ? null
                : Find(JsonElement.Parse(holder.Response.Span, Deep).GetProperty("output"), id) ?? Find(JsonElement.Parse(holder.Input.Span, Deep), id);
            resolved.Add(new(meant ?? throw ApiException.NotFound($"Item with id '{RequestValue.Shorten(id)}' not found.", reference.PathOf("id"), "item_not_found"), item.Path));
        }
        return resolved;

        static JsonElement? Find(JsonElement array, string id)
        {
            foreach (JsonElement item in array.EnumerateArray())
            {
                if (InputItems.IdOf(item) == id)
                    return item;
            }
            return null;
        }
    }

    /// <summary>Whether an item only names another: some clients leave the type out then.</summary>
    static bool IsReference(RequestObject item) => item.Get("type") is { } type ? type.IsText && type.Element.ValueEquals("item_reference") : item.Has("id") && !item.Has("role") && !item.Has("content");

    /// <summary>Finds a stored response; one whose process is gone is ended first.</summary>
    async Task<StoredResponse> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!ResponseIds.IsId(id))
            throw NotFound(id);
        while (true)
        {
            StoredResponse stored = await _store.FindAsync(id, cancellationToken) ?? throw NotFound(id);
            if (stored.Status.IsEnd() || !IsOrphaned(stored))
                return stored;
            (StoredEvent last, ResponseChange change) = InterruptedResponse.Close(stored, await ReadAllEventsAsync(id, cancellationToken));
            if (await _store.CloseAsync(stored, last, change, cancellationToken))
                return stored with { Status = change.Status, Response = change.Response };
        }
    }

    /// <summary>Whether nobody makes it any more: its process is gone, or it is this one, which could not keep how it ended.</summary>
    bool IsOrphaned(StoredResponse stored) => stored.IsOrphaned || (stored.Owner == _store.Owner && !_runs.ContainsKey(stored.Id));

    async Task<List<StoredEvent>> ReadAllEventsAsync(string id, CancellationToken cancellationToken)
    {
        List<StoredEvent> events = [];
        while (await _store.ReadEventsAsync(id, events.Count > 0 ? events[^1].Sequence : -1, cancellationToken) is { Count: > 0 } page)
            events.AddRange(page);
        return events;
    }

    async IAsyncEnumerable<StoredEvent> ReadStoredAsync(string id, int after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            bool isEnded = (await FindAsync(id, cancellationToken)).Status.IsEnd();    // asked first: what is read after an end is all there is
            while (await _store.ReadEventsAsync(id, after, cancellationToken) is { Count: > 0 } page)
            {
                foreach (StoredEvent stored in page)
                    yield return stored;
                after = page[^1].Sequence;
            }
            if (isEnded)
                yield break;
            await Task.Delay(PollInterval, _state.Time, cancellationToken);
        }
    }

    async Task PruneAsync()
    {
        try
        {
            await _store.PruneAsync(CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            LogPruning(e);
        }
    }

    static ApiException NotFound(string id) => ApiException.NotFound($"Response with id '{RequestValue.Shorten(id)}' not found.", "response_id", "response_not_found");

    [LoggerMessage(Level = LogLevel.Error, Message = "Response {Id} failed")]
    partial void LogFailure(string id, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old responses could not be deleted")]
    partial void LogPruning(Exception exception);
}
