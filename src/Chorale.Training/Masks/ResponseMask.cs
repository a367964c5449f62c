namespace Chorale.Training;

/// <summary>
/// The mask of unsloth's <c>train_on_responses_only</c>, which notebooks use: learnt is what stands behind a response marker, up to the next instruction marker or the end. The markers
/// themselves are not learnt. With the marker of the final channel reasoning and calls stay unlearnt, with that of analysis the results of tools are learnt too;
/// the samples of <see cref="SampleBuilder"/> have neither fault.
/// </summary>
public static class ResponseMask
{
    /// <summary>The notebook's instruction marker.</summary>
    public const string InstructionPart = "<|start|>user<|message|>";

    /// <summary>The notebook's response marker.</summary>
    public const string ResponsePart = "<|start|>assistant<|channel|>final<|message|>";

    /// <summary>What is learnt.</summary>
    /// <param name="ids">The whole conversation.</param>
    /// <param name="instruction">The ids of the instruction marker, at least one.</param>
    /// <param name="response">The ids of the response marker, at least one.</param>
    /// <param name="lastResponseOnly">Whether only the last response is learnt.</param>
    public static IReadOnlyList<TokenRun> Find(ReadOnlySpan<int> ids, ReadOnlySpan<int> instruction, ReadOnlySpan<int> response, bool lastResponseOnly = false)
    {
        if (instruction.IsEmpty)
            throw new ArgumentException("A marker has at least one id.", nameof(instruction));
        if (response.IsEmpty)
            throw new ArgumentException("A marker has at least one id.", nameof(response));
        List<TokenRun> runs = [];
        for (int at = 0; ids[at..].IndexOf(response) is var next and >= 0;)
        {
            int start = at + next + response.Length;
            int length = ids[start..].IndexOf(instruction);
            int end = length < 0 ? ids.Length : start + length;
            if (end > start)
                runs.Add(new(start, end - start));
            at = end;
        }
        return lastResponseOnly && runs.Count > 1 ? [runs[^1]] : runs;
    }
}
