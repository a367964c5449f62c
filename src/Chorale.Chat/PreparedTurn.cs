using System.Runtime.CompilerServices;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>A turn whose prompt is rendered and whose grammar is compiled (<see cref="ChatSession.Prepare"/>): it can be run once.</summary>
public sealed class PreparedTurn
{
    readonly ChatSession _session;
    int _started;

    internal PreparedTurn(ChatSession session, List<Message> added, int historyLength, ChatSessionOptions options, CallResolver resolver, int[] prompt, TurnConstraint? constraint)
    {
        _session = session;
        Added = added;
        HistoryLength = historyLength;
        Options = options;
        Resolver = resolver;
        Prompt = prompt;
        Constraint = constraint;
    }

    /// <summary>The ids that the model is given.</summary>
    public ReadOnlyMemory<int> Prompt { get; }

    /// <summary>The options it was prepared with.</summary>
    public ChatSessionOptions Options { get; }

    /// <summary>
    /// Where this is cancelled while the turn runs, the turn ends as if its ids had run out: what was said until then is told and kept, and nothing is thrown. Set it before the turn runs.
    /// </summary>
    public CancellationToken EndEarly { get; set; }

    internal List<Message> Added { get; }

    internal int HistoryLength { get; }

    internal CallResolver Resolver { get; }

    internal TurnConstraint? Constraint { get; }

    /// <summary>Runs the turn.</summary>
    /// <inheritdoc cref="ChatSession.StreamAsync(IEnumerable{Message}, CancellationToken)" path="/returns|/remarks"/>
    /// <param name="cancellationToken">Ends the turn at once.</param>
    /// <exception cref="InvalidOperationException">It was run before, or another turn of the session runs or ran since.</exception>
    /// <exception cref="QueueFullException">As many requests wait for the engine as may.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public IAsyncEnumerable<ChatUpdate> StreamAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException("A prepared turn is run once.");
        return _session.Run(this, cancellationToken);
    }

    /// <summary>Runs the turn and tells of it as its reader sees it: part by part, slips repaired.</summary>
    /// <remarks>
    /// Parts come one after another, their indices run from 0, and the deltas of a part add up to its text. A part without text is not told of, unless it is a call. Tool names are final when a call
    /// starts; its arguments are passed on as far as no repair can change them. Where the model ended its turn having said nothing to anybody, its last reasoning comes once more as an answer, so that no
    /// answer is empty. Where the answer has a format, preambles are told of as reasoning, so that the answer's text is what has the format.
    /// </remarks>
    /// <inheritdoc cref="StreamAsync" path="/param|/exception"/>
    /// <returns>The events; the last one carries the <see cref="ChatTurn"/>.</returns>
    public IAsyncEnumerable<TurnEvent> StreamPartsAsync(CancellationToken cancellationToken = default) =>
        ReadParts(StreamAsync(cancellationToken), _session.CreatePartReader(this), cancellationToken);

    /// <summary>Runs the turn and waits for all of it.</summary>
    /// <inheritdoc cref="StreamAsync" path="/param|/exception"/>
    public async Task<TurnResult> CompleteAsync(CancellationToken cancellationToken = default)
    {
        List<TurnPart> parts = [];
        ChatTurn? turn = null;
        await foreach (TurnEvent happened in StreamPartsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (happened.Part is { } part)
                parts.Add(part);
            turn = happened.Turn;
        }
        return new(parts, turn!);
    }

    static async IAsyncEnumerable<TurnEvent> ReadParts(IAsyncEnumerable<ChatUpdate> updates, TurnPartReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ChatUpdate update in updates.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (TurnEvent happened in reader.Read(update))
                yield return happened;
        }
    }
}
