using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>What the experts of a layer work on: the tokens of a batch, gathered by expert.</summary>
/// <remarks>
/// Each token goes to k experts, so there are k slots a token. The slots are sorted by expert, and an expert's slots lie side by side in all
/// buffers: a matrix is then read once for all tokens that need it.
/// </remarks>
sealed class MixtureState : IDisposable
{
    readonly int _hidden, _intermediate, _perToken;
    readonly int[] _slots;        // [tokens, k], the slot of each token's choices
    readonly int[] _firstSlot;    // [experts + 1]
    readonly int[] _active;       // the experts that have slots

    public MixtureState(ModelConfig config, int batch, Func<int, int, NativeBuffer<float>> buffer, bool isFast)
    {
        (_hidden, _intermediate, _perToken) = (config.HiddenSize, config.IntermediateSize, config.NumExpertsPerTok);
        int slots = checked(batch * _perToken);
        _slots = new int[slots];
        _firstSlot = new int[config.NumLocalExperts + 1];
        _active = new int[config.NumLocalExperts];
        Chosen = new int[slots];
        Weights = new float[slots];
        RouterLogits = buffer(batch, config.NumLocalExperts);
        Gathered = buffer(slots, _hidden);
        Gate = buffer(slots, _intermediate);
        Up = buffer(slots, _intermediate);
        Result = buffer(slots, _hidden);
        if (isFast && _hidden % QuantizedRow.BlockLength == 0 && _intermediate % QuantizedRow.BlockLength == 0)
            (GatheredBytes, ActivatedBytes) = (new(slots, _hidden), new(slots, _intermediate));
    }

    public NativeBuffer<float> RouterLogits { get; }    // [tokens, experts]

    public int[] Chosen { get; }                        // [tokens, k], experts, best first

    public float[] Weights { get; }                     // [tokens, k]

    public NativeBuffer<float> Gathered { get; }        // [slots, hidden]

    public NativeBuffer<float> Gate { get; }            // [slots, intermediate]; the activation overwrites it

    public NativeBuffer<float> Up { get; }              // [slots, intermediate]

    public NativeBuffer<float> Result { get; }          // [slots, hidden]

    /// <summary><see cref="Gathered"/> in 8 bits; null where all is computed in float32.</summary>
    public QuantizedRows? GatheredBytes { get; }

    /// <summary>What the activation gives, in 8 bits, shape [slots, intermediate]; null where all is computed in float32.</summary>
    public QuantizedRows? ActivatedBytes { get; }

    /// <summary>The experts that have slots, by index.</summary>
    public ReadOnlySpan<int> Active => _active.AsSpan(0, ActiveCount);

    public int ActiveCount { get; private set; }

    /// <summary>The slots of an expert.</summary>
    public (int First, int Count) SlotsOf(int expert) => (_firstSlot[expert], _firstSlot[expert + 1] - _firstSlot[expert]);

    /// <summary>The slot of choice <paramref name="rank"/> of a token.</summary>
    public int SlotOf(int token, int rank) => _slots[(token * _perToken) + rank];

    /// <summary>Sorts the choices by expert, and gives each its slot.</summary>
    public void Sort(int tokens)
    {
        ReadOnlySpan<int> chosen = Chosen.AsSpan(0, tokens * _perToken);
        Array.Clear(_firstSlot);
        foreach (int expert in chosen)
            _firstSlot[expert + 1]++;
        ActiveCount = 0;
        for (int expert = 0; expert < _active.Length; expert++)
        {
            if (_firstSlot[expert + 1] > 0)
                _active[ActiveCount++] = expert;
            _firstSlot[expert + 1] += _firstSlot[expert];
        }
        for (int choice = 0; choice < chosen.Length; choice++)
        {
            _slots[choice] = _firstSlot[chosen[choice]]++;
        }
        // Handing out the slots moved each expert's first slot to the next one's.
        for (int expert = _active.Length; expert > 0; expert--)
            _firstSlot[expert] = _firstSlot[expert - 1];
        _firstSlot[0] = 0;
    }

    /// <summary>Copies the activations of some tokens to their slots.</summary>
    public void Gather(ReadOnlySpan<float> normed, int start, int end)
    {
        for (int choice = start * _perToken; choice < end * _perToken; choice++)
            normed.Slice(choice / _perToken * _hidden, _hidden).CopyTo(Gathered.Slice((long)_slots[choice] * _hidden, _hidden));
    }

    /// <summary>Copies the activations of some tokens to their slots, in 8 bits.</summary>
    public void Gather(QuantizedRows normed, int start, int end)
    {
        for (int choice = start * _perToken; choice < end * _perToken; choice++)
            normed[choice / _perToken].CopyTo(GatheredBytes![_slots[choice]]);
    }

    public void Dispose()
    {
        GatheredBytes?.Dispose();
        ActivatedBytes?.Dispose();
    }
}
