using System.Runtime.CompilerServices;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>A generator that plays given answers, so that everything above it can be tried without luck: slips of a model, slowness, failure.</summary>
/// <remarks>
/// Answers are played in order, one a request, and from the beginning again after the last; those with a condition are played first where the prompt meets it, in
/// order as well. Stop ids, limits, the context and cancellation are honoured; sampling and constraints are not. Log-probabilities are 0. Threads may share it.
/// </remarks>
public sealed class ScriptedGenerator : ITokenGenerator
{
    readonly HarmonyEncoding _encoding;
    readonly ScriptOptions _options;
    readonly ScriptedAnswer[] _plain;
    readonly Dictionary<string, ConditionalAnswers> _conditional = new(StringComparer.Ordinal);
    readonly Queue<GenerationRequest> _requests = new();
    readonly Lock _lock = new();
    int _next;

    /// <summary>A generator of these answers.</summary>
    /// <param name="encoding">Whose ids they are.</param>
    /// <param name="answers">The answers, at least one.</param>
    /// <param name="options">Null takes the defaults.</param>
    public ScriptedGenerator(HarmonyEncoding encoding, IEnumerable<ScriptedAnswer> answers, ScriptOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        ArgumentNullException.ThrowIfNull(answers);
        _encoding = encoding;
        _options = options ?? new();
        ScriptedAnswer[] all = [.. answers];
        if (all.Length == 0)
            throw new ArgumentException("A script has at least one answer.", nameof(answers));
        _plain = [.. all.Where(answer => answer.When is null)];
        foreach (IGrouping<string, ScriptedAnswer> group in all.Where(answer => answer.When is not null).GroupBy(answer => answer.When!, StringComparer.Ordinal))
            _conditional.Add(group.Key, new([.. group]));
    }

    /// <summary>A generator of these texts, in which control tokens are spelled out.</summary>
    /// <inheritdoc cref="ScriptedGenerator(HarmonyEncoding, IEnumerable{ScriptedAnswer}, ScriptOptions)"/>
    public ScriptedGenerator(HarmonyEncoding encoding, params IEnumerable<string> answers)
        : this(encoding, answers.Select(text => new ScriptedAnswer(Encode(encoding, text))))
    {
    }

    /// <inheritdoc/>
    public int ContextLength => _options.ContextLength;

    /// <inheritdoc/>
    public int VocabularySize => _encoding.Tokenizer.VocabularySize;

    /// <summary>What it was asked, the last <see cref="ScriptOptions.KeptRequests"/>, oldest first.</summary>
    public IReadOnlyList<GenerationRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>Reads a script.</summary>
    /// <param name="path">
    /// A file of JSON objects, one a line: <c>text</c>, in which control tokens are spelled out, or <c>tokens</c>; and, if wanted, <c>when</c>, <c>delay_ms</c>,
    /// <c>delay_first_ms</c>, <c>fail</c> (see <see cref="ScriptedAnswer"/>).
    /// </param>
    /// <param name="encoding">Whose ids they are.</param>
    /// <param name="options">Null takes the defaults.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ScriptFormatException">A line is none of that, or there is none.</exception>
    public static ScriptedGenerator Load(string path, HarmonyEncoding encoding, ScriptOptions? options = null)
    {
        using StreamReader lines = File.OpenText(path);
        return Read(lines, encoding, options);
    }

    /// <inheritdoc cref="Load" path="/summary|/exception"/>
    /// <param name="lines">The lines of a script.</param>
    /// <param name="encoding">Whose ids they are.</param>
    /// <param name="options">Null takes the defaults.</param>
    public static ScriptedGenerator Read(TextReader lines, HarmonyEncoding encoding, ScriptOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(encoding);
        List<ScriptedAnswer> answers = ScriptReader.Read(lines, encoding);
        return answers.Count > 0 ? new(encoding, answers, options) : throw new ScriptFormatException(1, "a script has at least one answer.");
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Prompt.Length == 0)
            throw new ArgumentException("The prompt is empty.", nameof(request));
        if (request.Prompt.Length >= ContextLength)
            throw new PromptTooLongException(request.Prompt.Length, ContextLength);
        ScriptedAnswer answer;
        lock (_lock)
        {
            _requests.Enqueue(request);
            if (_requests.Count > _options.KeptRequests)
                _requests.Dequeue();
            answer = Choose(request);
        }
        return PlayAsync(answer, request, cancellationToken);
    }

    ScriptedAnswer Choose(GenerationRequest request)
    {
        if (_conditional.Count > 0)
        {
            string prompt = _encoding.Tokenizer.DecodeLossy(request.Prompt.Span);
            foreach ((string when, ConditionalAnswers answers) in _conditional)
            {
                if (prompt.Contains(when, StringComparison.Ordinal))
                    return answers.Next();
            }
        }
        return _plain.Length > 0 ? _plain[(_next++ & int.MaxValue) % _plain.Length] : new([]);
    }

    async IAsyncEnumerable<GeneratedToken> PlayAsync(ScriptedAnswer answer, GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int room = Math.Min(request.MaxTokens ?? int.MaxValue, ContextLength - request.Prompt.Length);
        for (int i = 0; i < answer.TokenIds.Count && i < room; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimeSpan delay = i == 0 ? answer.Delay + answer.FirstDelay : answer.Delay;
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, _options.TimeProvider ?? TimeProvider.System, cancellationToken).ConfigureAwait(false);
            int id = answer.TokenIds[i];
            bool isLast = i == answer.TokenIds.Count - 1 && answer.Failure is null;
            FinishReason? finish = request.StopIds.Contains(id) ? FinishReason.Stop
                : i == room - 1 ? (request.MaxTokens == room ? FinishReason.MaxTokens : FinishReason.ContextLength)
                : isLast ? FinishReason.Stop : null;
            yield return new(id)
            {
                Finish = finish,
                LogProbability = request.TopLogProbabilities is null ? null : 0,
                TopLogProbabilities = request.TopLogProbabilities > 0 ? [new(id, 0)] : [],
            };
            if (finish is not null)
                yield break;
        }
        if (answer.Failure is not null)
            throw new ScriptedFailureException(answer.Failure);
    }

    static int[] Encode(HarmonyEncoding encoding, string text)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        return encoding.Tokenizer.EncodeWithSpecials(text, encoding.Tokenizer.SpecialTokens.Keys.ToHashSet(StringComparer.Ordinal));
    }

    sealed class ConditionalAnswers(ScriptedAnswer[] answers)
    {
        int _next;

        public ScriptedAnswer Next() => answers[(_next++ & int.MaxValue) % answers.Length];
    }
}
