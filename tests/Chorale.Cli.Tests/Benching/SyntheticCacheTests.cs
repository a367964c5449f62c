namespace Chorale.Cli.Tests;

public class SyntheticCacheTests
{
    [Fact]
    public void A_model_is_written_once_and_found_again()
    {
        using TemporaryFolder folder = new();
        SyntheticCache cache = new(folder.Path);
        Assert.False(cache.Contains(TinyShape.PubA));
        List<(long Done, long All)> progress = [];
        cache.Write(TinyShape.PubA, (done, all) => progress.Add((done, all)), TestContext.Current.CancellationToken);
        Assert.True(cache.Contains(TinyShape.PubA));
        Assert.Equal(["pub-a-synthetic-2-layers.gguf"], folder.FileNames);
        Assert.Equal(progress.Select(p => p.Done).Order(), progress.Select(p => p.Done));
        Assert.InRange(progress[^1].Done, progress[^1].All * 0.99, progress[^1].All);    // all but padding
    }

    [Fact]
    public void A_file_that_was_cut_or_is_another_model_is_not_taken_for_it()
    {
        using TemporaryFolder folder = new();
        SyntheticCache cache = new(folder.Path);
        cache.Write(TinyShape.PubA, (_, _) => { }, TestContext.Current.CancellationToken);
        string path = cache.PathOf(TinyShape.PubA);
        byte[] whole = File.ReadAllBytes(path);

        File.WriteAllBytes(path, whole[..^1000]);
        Assert.False(cache.Contains(TinyShape.PubA));
        File.WriteAllText(path, "not a model");
        Assert.False(cache.Contains(TinyShape.PubA));
        File.WriteAllBytes(path, whole);
        Assert.False(cache.Contains(TinyShape.PubA with { Intermediate = 32 }));
        Assert.True(cache.Contains(TinyShape.PubA));
    }

    [Fact]
    public void Without_room_nothing_is_written_and_the_message_says_how_much_there_is()
    {
        using TemporaryFolder folder = new();
        SyntheticCache cache = new(folder.Path, _ => 12_000_000_000);
        CliException e = Assert.Throws<CliException>(() => cache.Write(SyntheticShape.Published[0], (_, _) => { }, TestContext.Current.CancellationToken));
        Assert.Contains("12.1 GB", e.Message, StringComparison.Ordinal);
        Assert.Contains("12.0 GB free", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public void A_model_given_up_leaves_no_file()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource cancelled = new();
        SyntheticCache cache = new(folder.Path, _ => null);
        Assert.Throws<OperationCanceledException>(() => cache.Write(TinyShape.PubA, (_, _) => cancelled.Cancel(), cancelled.Token));
        Assert.Empty(folder.FileNames);
        Assert.False(cache.Contains(TinyShape.PubA));
    }

    [Fact]
    public void A_file_that_somebody_is_writing_is_left_alone()
    {
        using TemporaryFolder folder = new();
        SyntheticCache cache = new(folder.Path);
        Directory.CreateDirectory(folder.Path);
        string partial = cache.PathOf(TinyShape.PubA) + ".partial";
        using (new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            Assert.Throws<IOException>(() => cache.Write(TinyShape.PubA, (_, _) => { }, TestContext.Current.CancellationToken));
            Assert.True(File.Exists(partial));
        }
    }

    [Fact]
    public void The_whole_model_and_a_cut_one_have_files_of_their_own()
    {
        SyntheticCache cache = new("folder");
        Assert.Equal(Path.Combine("folder", "gpt-oss-20b-synthetic.gguf"), cache.PathOf(SyntheticShape.Published[0]));
        Assert.Equal(Path.Combine("folder", "gpt-oss-20b-synthetic-4-layers.gguf"), cache.PathOf(SyntheticShape.Published[0] with { Layers = 4 }));
    }
}
