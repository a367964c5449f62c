namespace Chorale.Inference.Tests;

/// <summary>Spoilt model files of all layouts; <c>fuzz-model</c> of the benchmarks is the long form.</summary>
public sealed class HostileModelTests
{
    // Coprime to the flips of a byte, so that in its turn every kind of flip comes to every field.
    const int Stride = 11;

    static readonly ModelMutator Mutator = new(seed: 1);

    [Fact]
    public void The_models_to_be_spoilt_are_right()
    {
        foreach ((MemoryFolder folder, string? entry) in (IEnumerable<(MemoryFolder, string?)>)[(TinyFolder.HuggingFace(), null), (TinyFolder.HuggingFace(3), null), (TinyFolder.OpenAI(), null), (new TinyModel().ToParts(3), "tiny-00001-of-00003.gguf")])
        {
            Assert.Null(ModelAudit.Check(folder, entry, out bool isRefused));
            Assert.False(isRefused);
        }
    }

    [Fact]
    public void Flipped_bytes_and_cuts_give_a_typed_error_or_a_valid_model() => Run(0, Mutator.SystematicCount, Stride);

    [Fact]
    public void Random_damage_gives_a_typed_error_or_a_valid_model() => Run(Mutator.SystematicCount, Mutator.SystematicCount + 20_000, 1);

    static void Run(long start, long end, int stride)
    {
        int refused = 0, valid = 0;
        for (long index = start; index < end; index += stride)
        {
            (MemoryFolder folder, string? entry, string what) = Mutator.Case(index);
            string? problem = ModelAudit.Check(folder, entry, out bool isRefused);
            Assert.True(problem is null, $"case {index}: {what}: {problem}");
            _ = isRefused ? refused++ : valid++;
        }
        Assert.True(refused > 1000 && valid > 100, $"{refused} refused, {valid} valid.");
    }
}
