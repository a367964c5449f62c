namespace Chorale.Cli;

/// <summary>Answers to be made by the generator, with sampling and all.</summary>
/// <param name="Tokens">Ids of each answer.</param>
/// <param name="Sequences">How many are made at the same time.</param>
sealed record AnswerTest(int Tokens, int Sequences = 1)
{
    /// <summary>What share of the ids a constraint forces, in percent: in runs, with <see cref="ForcedPattern.FreeRun"/> free ones between.</summary>
    public int ForcedPercent { get; init; }

    /// <summary>How many ids are guessed ahead, in an answer that repeats one id, so that every guess is right.</summary>
    public int Draft { get; init; }

    /// <summary>As <c>answer 64 × 4</c>.</summary>
    public override string ToString() =>
        $"answer {Tokens}"
        + (Sequences > 1 ? $" × {Sequences}" : "")
        + (ForcedPercent > 0 ? $", {ForcedPercent} % forced" : "")
        + (Draft > 0 ? $", {Draft} guessed right" : "");
}
