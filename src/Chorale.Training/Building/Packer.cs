namespace Chorale.Training;

/// <summary>
/// Puts samples together into packs of a length, whole. Each goes into the fullest open pack that has room for it; where none has, the fullest is finished and a new one begun, so
/// that memory is bounded.
/// </summary>
sealed class Packer(int maxTokens, Action<IReadOnlyList<TrainingSample>> write, int openPacks = 64)
{
    readonly List<Pack> _open = [];

    public long Packs { get; private set; }

    public void Add(TrainingSample sample)
    {
        int length = sample.Ids.Length;
        Pack? best = null;
        foreach (Pack pack in _open)
            if (pack.Tokens + length <= maxTokens && (best is null || pack.Tokens > best.Tokens))
                best = pack;
        if (best is null)
        {
            if (_open.Count == openPacks)
                Finish(Fullest());
            best = new();
            _open.Add(best);
        }
        best.Samples.Add(sample);
        best.Tokens += length;
        if (best.Tokens == maxTokens)
            Finish(best);
    }

    public void Flush()
    {
        while (_open.Count > 0)
            Finish(_open[0]);
    }

    Pack Fullest()
    {
        Pack fullest = _open[0];
        foreach (Pack pack in _open)
            if (pack.Tokens > fullest.Tokens)
                fullest = pack;
        return fullest;
    }

    void Finish(Pack pack)
    {
        _open.Remove(pack);
        Packs++;
        write(pack.Samples);
    }

    sealed class Pack
    {
        public List<TrainingSample> Samples { get; } = [];

        public int Tokens { get; set; }
    }
}
