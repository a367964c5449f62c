using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>A constraint that forces a share of the ids, as the names and quotes of a JSON object are: runs of forced ids, then a few free ones.</summary>
/// <param name="percent">The share that is forced, from 1 to 99.</param>
/// <param name="ids">Where forced ids are taken from, one after the other.</param>
sealed class ForcedPattern(int percent, int[] ids) : ITokenConstraint
{
    /// <summary>How many ids are free between two runs.</summary>
    public const int FreeRun = 4;

    readonly int _forcedRun = Math.Max(1, (int)Math.Round(FreeRun * percent / (100.0 - percent)));
    int _accepted;

    public ConstraintStep NextStep(Span<ulong> allowed, IList<int> forced)
    {
        int place = _accepted % (FreeRun + _forcedRun);
        if (place < FreeRun)
            return ConstraintStep.Free;
        for (int i = place; i < FreeRun + _forcedRun; i++)
            forced.Add(ids[(_accepted + i - place) % ids.Length]);
        return ConstraintStep.Forced;
    }

    public void Accept(int id) => _accepted++;
}
