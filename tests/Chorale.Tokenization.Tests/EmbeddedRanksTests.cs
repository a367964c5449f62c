using System.Security.Cryptography;
using System.Text;
using Chorale.TestKit;

namespace Chorale.Tokenization.Tests;

public class EmbeddedRanksTests
{
    const string Sha256OfRankFile = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d";

    [Fact]
    public void The_embedded_ranks_are_those_of_the_published_file()
    {
        Assert.Equal(Sha256OfRankFile, Convert.ToHexStringLower(SHA256.HashData(RankFile())));
    }

    /// <summary>With <c>CHORALE_TIKTOKEN</c> naming o200k_base.tiktoken and <c>CHORALE_ACCEPT=1</c> this writes the resource anew.</summary>
    [Fact]
    public void The_embedded_form_is_what_the_rank_file_gives()
    {
        byte[] ranks = Environment.GetEnvironmentVariable("CHORALE_TIKTOKEN") is { } path ? File.ReadAllBytes(path) : RankFile();
        using MemoryStream form = new();
        EmbeddedRanks.Write(Tokenizer.FromTiktoken(new MemoryStream(ranks), new Dictionary<string, int>()).Encoder.Vocabulary, form);
        if (Environment.GetEnvironmentVariable("CHORALE_ACCEPT") == "1")
            File.WriteAllBytes(Path.Combine(TestData.RepositoryRoot, "src/Chorale.Tokenization/Vocabulary/o200k_base.merges"), form.ToArray());
        Assert.True(form.ToArray().AsSpan().SequenceEqual(EmbeddedResource.Read(EmbeddedRanks.ResourceName)));
    }

    [Fact]
    public void Loading_adds_less_than_thirty_megabytes()
    {
        O200kHarmony.Load();
        long before = GC.GetAllocatedBytesForCurrentThread();
        O200kHarmony.Load();
        long added = GC.GetAllocatedBytesForCurrentThread() - before;   // what is let go again counts too
        Assert.InRange(added, 1_000_000, 30_000_000);
    }

    static byte[] RankFile()
    {
        StringBuilder text = new();
        for (int rank = 0; rank < 199998; rank++)
        {
            Assert.True(Tokenizer.O200kHarmony.TryGetBytes(rank, out ReadOnlySpan<byte> bytes));
            text.Append(Convert.ToBase64String(bytes)).Append(' ').Append(rank).Append('\n');
        }
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
