using System.Runtime.InteropServices;

namespace Chorale.Inference;

/// <summary>The ids of a session, computed only when their logits are wanted, and kept from one answer to the next.</summary>
/// <remarks>Ids appended one by one without a look at the logits between go through the model together, as one small prefill.</remarks>
sealed class TokenSequence(GptOssSession session, int vocabularySize)
{
    readonly List<int> _ids = [];    // those in the session, then those not yet computed
    bool _hasLogits;

    public int ContextLength => session.ContextLength;

    public int VocabularySize => vocabularySize;

    /// <summary>Starts over with a prompt, and keeps of its beginning what the session still holds; returns how many ids that is.</summary>
    public int Restart(ReadOnlySpan<int> prompt)
    {
        // The last id of a prompt is always computed: its logits choose the first id of the answer.
        int common = Math.Min(CollectionsMarshal.AsSpan(_ids)[..session.Position].CommonPrefixLength(prompt), prompt.Length - 1);
        if (!session.TryTruncate(common))
        {
            common = 0;
            session.TryTruncate(0);
        }
        _ids.Clear();
        _ids.AddRange(prompt);
        _hasLogits = false;
        return common;
    }

    public void Append(int id)
    {
        _ids.Add(id);
        _hasLogits = false;
    }

    /// <summary>The logits of what may follow the last id; valid until the next id is appended.</summary>
    public ReadOnlySpan<float> Logits(CancellationToken cancellationToken)
    {
        ReadOnlySpan<float> logits = _hasLogits ? session.LastLogits : session.Forward(CollectionsMarshal.AsSpan(_ids)[session.Position..], cancellationToken);
        _hasLogits = true;
        return logits;
    }
}
