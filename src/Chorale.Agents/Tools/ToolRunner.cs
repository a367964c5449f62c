using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Microsoft.Extensions.AI;

namespace Chorale.Agents;

/// <summary>Runs the calls of a turn: looks the functions up, has them approved, runs them side by side, and tells the model of whatever comes of it. Threads may share it.</summary>
/// <param name="tools">The namespaces.</param>
/// <param name="options">Null takes the defaults.</param>
public sealed class ToolRunner(IReadOnlyList<AgentTools> tools, ToolRunOptions? options = null)
{
    /// <summary>On a function: how long its calls may take in place of <see cref="ToolRunOptions.Timeout"/>, a <see cref="TimeSpan"/>.</summary>
    public const string TimeoutKey = "timeout";

    /// <summary>So many names an answer to an unknown tool lists.</summary>
    const int MaxNames = 100;

    /// <summary>So much of wrong arguments is quoted back.</summary>
    const int MaxQuoted = 400;

    static readonly JsonDocumentOptions ArgumentOptions = new() { MaxDepth = 512 };

    readonly IReadOnlyList<AgentTools> _tools = tools ?? throw new ArgumentNullException(nameof(tools));
    readonly ToolRunOptions _options = options ?? new();

    /// <summary>Runs calls.</summary>
    /// <param name="calls">The calls of a turn.</param>
    /// <param name="round">The round that they belong to, for the steps and the calls' ids.</param>
    /// <param name="cancellationToken">Ends all of them; those that have not ended get no result.</param>
    /// <returns>
    /// For each call, in order: <see cref="CallRequested"/> and <see cref="CallApproved"/> or <see cref="CallRefused"/>; then, as they end, a <see cref="CallCompleted"/> for each. Calls that
    /// cannot be run are completed at once.
    /// </returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public IAsyncEnumerable<AgentStep> RunAsync(IReadOnlyList<HarmonyCall> calls, int round = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(calls);
        return RunAllAsync(calls, round, cancellationToken);
    }

    /// <summary>An answer for each call of a turn, in their order, as the conversation needs it: calls without a result, because the run was cancelled or never begun, are answered with why.</summary>
    /// <param name="calls">The calls of a turn.</param>
    /// <param name="results">What has come of them so far.</param>
    /// <param name="round">The round that they belong to.</param>
    /// <param name="otherwise">How the others ended.</param>
    /// <param name="why">What the model is told of those.</param>
    public IReadOnlyList<ToolResult> Complete(
        IReadOnlyList<HarmonyCall> calls,
        IEnumerable<ToolResult> results,
        int round = 1,
        ToolOutcome otherwise = ToolOutcome.Cancelled,
        string why = "The call was cancelled before it had a result.")
    {
        ArgumentNullException.ThrowIfNull(calls);
        ArgumentNullException.ThrowIfNull(results);
        ToolResult?[] answers = new ToolResult?[calls.Count];
        foreach (ToolResult result in results)
            answers[result.Call.Index] = result;
        return [.. answers.Select((answer, i) => answer ?? Answer(Look(calls[i], round, i), otherwise, why))];
    }

    async IAsyncEnumerable<AgentStep> RunAllAsync(IReadOnlyList<HarmonyCall> calls, int round, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<(ToolCall Call, AIFunctionArguments Arguments)> approved = [];
        for (int i = 0; i < calls.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ToolCall call = Look(calls[i], round, i);
            yield return new CallRequested(round, call);
            if (WhyNot(call, out AIFunctionArguments arguments) is { } problem)
            {
                yield return new CallCompleted(round, problem);
                continue;
            }
            Approval approval = await ApproveAsync(call, cancellationToken).ConfigureAwait(false);
            if (approval.IsGranted)
            {
                yield return new CallApproved(round, call);
                approved.Add((call, arguments));
                continue;
            }
            yield return new CallRefused(round, call, approval.Reason);
            yield return new CallCompleted(round, Answer(call, ToolOutcome.Refused, $"The call of {call.Name} was not approved, so it was not run.{(approval.Reason is { } reason ? $" {reason}" : "")}"));
        }

        using SemaphoreSlim places = new(_options.MaxParallel);
        using CancellationTokenSource left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task<ToolResult>> running = [.. approved.Select(one => RunInPlaceAsync(one.Call, one.Arguments, places, left.Token))];
        try
        {
            await foreach (Task<ToolResult> ended in Task.WhenEach(running).ConfigureAwait(false))
                yield return new CallCompleted(round, await ended.ConfigureAwait(false));
        }
        finally
        {
            await left.CancelAsync().ConfigureAwait(false);    // whoever stops reading wants no more of them
            Task all = Task.WhenAll(running);
            await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Answers to calls that were cut in the middle: none that could be run, but they stand in the conversation, and what follows must not seem to be their result.</summary>
    /// <param name="messages">What a turn has left in the history.</param>
    /// <param name="calls">Its calls that are whole.</param>
    public IReadOnlyList<Message> AnswerCut(IEnumerable<Message> messages, IReadOnlyList<HarmonyCall> calls)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(calls);
        CallResolver resolver = new(_tools.Select(space => space.ToNamespace()));
        return
        [
            .. messages.Where(message => HarmonyCall.IsCall(message) && !calls.Any(call => ReferenceEquals(call.Message, message)))
                .Select(message => resolver.Resolve(message)!.ToResult("The call was cut before its arguments were whole, so it was not run.")),
        ];
    }

    static ToolResult Answer(ToolCall call, ToolOutcome outcome, string text) => new() { Call = call, Outcome = outcome, Text = text };

    ToolCall Look(HarmonyCall call, int round, int index) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"call_{round}_{index + 1}"),
        Index = index,
        Harmony = call,
        Function = _tools.Where(space => space.Name == call.Namespace).SelectMany(space => space.Functions).FirstOrDefault(function => function.Name == call.Name),
    };

    /// <summary>Why a call cannot be run; null where it can.</summary>
    ToolResult? WhyNot(ToolCall call, out AIFunctionArguments arguments)
    {
        arguments = new(StringComparer.Ordinal) { Services = _options.Services };
        if (call.Index >= _options.MaxCalls)
            return Answer(call, ToolOutcome.OverLimit, $"This call was not run: no more than {_options.MaxCalls} are in one turn.");
        if (call.Function is null)
            return Answer(call, ToolOutcome.UnknownTool, $"There is no tool '{call.Name}'. {Existing()}");
        try
        {
            using JsonDocument document = JsonDocument.Parse(string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments, ArgumentOptions);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Invalid(call, "they are no JSON object");
            if (ArgumentCheck.Find(document.RootElement, call.Function.JsonSchema) is { } problem)
                return Invalid(call, problem);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
                arguments[property.Name] = property.Value.Clone();
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Invalid(call, $"they are no JSON object: {e.Message}");
        }
    }

    static ToolResult Invalid(ToolCall call, string problem)
    {
        string quoted = call.Arguments.Length <= MaxQuoted ? call.Arguments : call.Arguments[..MaxQuoted] + "…";
        return Answer(call, ToolOutcome.InvalidArguments, $"{call.Name} was not run, because its arguments are wrong: {problem}.\nFound: {quoted}\nExpected: {Expected(call.Function!)}");
    }

    static string Expected(AIFunction function)
    {
        try
        {
            return $"type {function.Name} = {ToolDeclaration.Describe(function).Parameters?.ToTypeScript(SchemaStyle.Complete) ?? "() => any"}";
        }
        catch (Exception e) when (e is HarmonyException or ArgumentException)
        {
            return function.JsonSchema.GetRawText();
        }
    }

    string Existing()
    {
        string[] names = [.. _tools.SelectMany(space => space.Functions.Select(function => $"{space.Name}.{function.Name}"))];
        return names.Length switch
        {
            0 => "There are no tools at all.",
            > MaxNames => $"These exist, and {names.Length - MaxNames} more: {string.Join(", ", names.Take(MaxNames))}.",
            _ => $"These exist: {string.Join(", ", names)}.",
        };
    }

    async ValueTask<Approval> ApproveAsync(ToolCall call, CancellationToken cancellationToken)
    {
        if (_options.Approve is { } approve)
            return await approve(call, cancellationToken).ConfigureAwait(false);
        return call.Function?.GetService(typeof(ApprovalRequiredAIFunction)) is null ? Approval.Granted : Approval.RefusedBecause("It needs approval, and nobody is there to give it.");
    }

    async Task<ToolResult> RunInPlaceAsync(ToolCall call, AIFunctionArguments arguments, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await RunOneAsync(call, arguments, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            places.Release();
        }
    }

    async Task<ToolResult> RunOneAsync(ToolCall call, AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        long start = _options.TimeProvider.GetTimestamp();
        TimeSpan timeout = call.Function!.AdditionalProperties.GetValueOrDefault(TimeoutKey) as TimeSpan? ?? _options.Timeout ?? Timeout.InfiniteTimeSpan;
        using CancellationTokenSource limit = new(timeout, _options.TimeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        CancellationToken ends = either.Token;
        ToolResult result;
        try
        {
            // On the pool: a function that blocks holds up neither the others nor the time-out.
            Task<object?> running = Task.Run(() => call.Function.InvokeAsync(arguments, ends).AsTask(), CancellationToken.None);
            _ = running.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            object? value = await running.WaitAsync(ends).ConfigureAwait(false);
            result = Cut(call, ToolDeclaration.ResultText(value, call.Function.JsonSerializerOptions));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            result = Answer(call, ToolOutcome.TimedOut, $"{call.Name} was stopped: it had given no result after {Describe(timeout)}.");
        }
#pragma warning disable CA1031 // a tool that fails returns a message for the model
        catch (Exception e)
#pragma warning restore CA1031
        {
            result = Failure(call, e);
        }
        return result with { Duration = _options.TimeProvider.GetElapsedTime(start) };
    }

    ToolResult Failure(ToolCall call, Exception exception)
    {
        string text = _options.DescribeFailure?.Invoke(call, exception) ?? $"{call.Name} failed: {exception.Message}";
        return Cut(call, text) with { Outcome = ToolOutcome.Failed, Exception = exception };
    }

    ToolResult Cut(ToolCall call, string text)
    {
        if (text.Length <= _options.MaxResultLength)
            return Answer(call, ToolOutcome.Succeeded, text);
        int end = char.IsHighSurrogate(text[_options.MaxResultLength - 1]) ? _options.MaxResultLength - 1 : _options.MaxResultLength;
        return Answer(call, ToolOutcome.Succeeded, string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, end)}\n[The result is cut here: {end} of its {text.Length} characters.]")) with { IsCut = true };
    }

    static string Describe(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(time.TotalSeconds >= 1 ? time.TotalSeconds : time.TotalMilliseconds):0.###} {(time.TotalSeconds >= 1 ? "seconds" : "milliseconds")}");
}
