namespace Chorale.Inference;

/// <summary>Reads hyperparameters and checks their ranges; each mistake is named by its key.</summary>
/// <param name="metadata">The keys.</param>
/// <param name="prefix">What stands before each name: <c>gpt-oss.</c> in GGUF.</param>
sealed class ConfigReader(CheckpointMetadata metadata, string prefix = "")
{
    // Far above any real size, and low enough that twice or thrice of it is still an int.
    const int MaxCount = 1 << 28;

    public bool Has(string name) => metadata.ContainsKey(prefix + name);

    /// <summary>A whole number from 1 to 2^28.</summary>
    public int Count(string name, int? whenMissing = null)
    {
        int count = whenMissing is { } fallback ? metadata.Get(prefix + name, fallback) : metadata.Get<int>(prefix + name);
        return count is > 0 and <= MaxCount ? count : throw Error(name, $"found {count}, expected 1 to {MaxCount}.");
    }

    public float Finite(string name, float? whenMissing = null)
    {
        float value = whenMissing is { } fallback ? metadata.Get(prefix + name, fallback) : metadata.Get<float>(prefix + name);
        return float.IsFinite(value) ? value : throw Error(name, $"found {value}, expected a finite number.");
    }

    public float Positive(string name, float? whenMissing = null)
    {
        float value = Finite(name, whenMissing);
        return value > 0 ? value : throw Error(name, $"found {value}, expected a positive number.");
    }

    public string Text(string name, string whenMissing) => metadata.Get(prefix + name, whenMissing);

    /// <summary>Key and value heads, each of which serves as many query heads.</summary>
    public int KeyValueHeads(string name, int heads)
    {
        int kvHeads = Count(name);
        return heads % kvHeads == 0 ? kvHeads : throw Error(name, $"found {kvHeads}, expected a divisor of the {heads} query heads.");
    }

    /// <summary>The size of a head.</summary>
    public int HeadDim(string name, int? whenMissing = null)
    {
        int headDim = Count(name, whenMissing);
        return headDim % 2 == 0 ? headDim : throw Error(name, $"found {headDim}, expected an even number: rotary embedding turns pairs.");
    }

    /// <summary>Experts that a token goes to.</summary>
    public int ExpertsPerToken(string name, int experts)
    {
        int count = Count(name);
        return count <= experts ? count : throw Error(name, $"found {count}, expected at most the {experts} experts.");
    }

    /// <summary>Refuses a key that is there and says something that the engine does not do.</summary>
    public void RequireIfPresent<T>(string name, T expected)
        where T : notnull
    {
        if (metadata.TryGet<T>(prefix + name, out T? found) && !found.Equals(expected))
            throw Error(name, $"found {Quoted(found)}, expected {Quoted(expected)}.");
    }

    public CheckpointFormatException Error(string name, string problem) => metadata.Error(prefix + name, problem);

    static string Quoted(object value) => value switch
    {
        string text => $"'{text}'",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
