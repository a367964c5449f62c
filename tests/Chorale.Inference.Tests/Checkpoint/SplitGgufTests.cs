using Chorale.TestKit;

namespace Chorale.Inference.Tests;

/// <summary>GGUF files that were split into several.</summary>
public sealed class SplitGgufTests
{
    const string First = "tiny-00001-of-00003.gguf", Second = "tiny-00002-of-00003.gguf", Third = "tiny-00003-of-00003.gguf";

    [Fact]
    public void A_split_model_gives_the_logits_of_the_whole_one()
    {
        string path = Path.Combine(Path.GetTempPath(), $"chorale-{Guid.NewGuid():n}");
        Directory.CreateDirectory(path);
        try
        {
            new TinyModel().ToParts(3).SaveTo(path);
            File.WriteAllBytes(Path.Combine(path, "whole.gguf"), new TinyModel().ToBytes());
            Assert.Equal(Logits(Path.Combine(path, "whole.gguf")), Logits(Path.Combine(path, First)));
            using Checkpoint checkpoint = Checkpoint.Open(Path.Combine(path, First));
            Assert.Equal(new TinyModel().Tensors.Keys, checkpoint.Tensors.Select(tensor => tensor.Name));
            Assert.Equal([First, Second, Third], checkpoint.Files.Select(Path.GetFileName));
            Assert.Equal([0, 1, 2], checkpoint.Tensors.Select(tensor => tensor.File).Distinct());
            Assert.Equal(CheckpointLayout.Gguf, checkpoint.Layout);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void Another_part_than_the_first_is_refused_by_name() =>
        Refused(Second, "key 'split.no': found 1, part 2 of a split file, expected 0, the first part: 'tiny-00001-of-00003.gguf'.", _ => { }, Second);

    [Fact]
    public void A_missing_part_is_refused_by_name() =>
        Refused(First, $"part 3 of 3: missing, expected the file '{Path.Combine("split", Third)}'.", folder => folder.Remove(Third));

    [Fact]
    public void Parts_in_the_wrong_order_are_refused() =>
        Refused(Second, "key 'split.no': found 2, expected 1.", folder => (folder[Second], folder[Third]) = (folder[Third], folder[Second]));

    [Fact]
    public void A_part_of_another_split_is_refused() =>
        Refused(Second, "key 'split.count': found 4, expected 3, as in", folder => folder[Second] = new TinyModel().ToParts(4)["tiny-00002-of-00004.gguf"]);

    [Fact]
    public void A_whole_file_among_the_parts_is_refused() =>
        Refused(Third, "key 'split.no': missing, expected i32.", folder => folder[Third] = new TinyModel().ToBytes());

    [Fact]
    public void Tensors_too_few_are_refused() => Refused(First, "key 'split.tensors.count': found 99, expected 41, which the 3 parts hold.", folder =>
    {
        byte[] first = folder[First];
        first[first.AsSpan().IndexOf("split.tensors.count"u8) + "split.tensors.count".Length + sizeof(uint)] = 99;
    });

    [Fact]
    public void A_tensor_in_two_parts_is_refused() => Refused(Third, "tensor 'blk.0.attn_output.weight': found twice, in", folder =>
        "blk.0"u8.CopyTo(folder[Third].AsSpan(folder[Third].AsSpan().IndexOf("blk.1.attn_output.weight"u8))));

    [Fact]
    public void A_first_part_of_another_name_is_refused()
    {
        MemoryFolder folder = new TinyModel().ToParts(3);
        folder["model.gguf"] = folder[First];
        Refused("model.gguf", "key 'split.count': found 3, expected a file name that ends in '-00001-of-00003.gguf': the other parts are found by it.", _ => { }, "model.gguf", folder);
    }

    static float[] Logits(string path)
    {
        using GptOssModel model = GptOssModel.Open(path, new() { Threads = 1 });
        using GptOssSession session = model.CreateSession();
        return session.Forward([1, 5, 3, 2, 7, 8, 11, 0]).ToArray();
    }

    static void Refused(string? file, string message, Action<MemoryFolder> change, string entry = First, MemoryFolder? folder = null)
    {
        folder ??= new TinyModel().ToParts(3);
        change(folder);
        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => GgufCheckpoint.Open(folder, entry));
        if (file is not null)
            Assert.StartsWith($"'{folder.PathOf(file)}': {message}", error.Message, StringComparison.Ordinal);
    }
}
