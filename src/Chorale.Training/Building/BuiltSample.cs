using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>Reads samples that are built already.</summary>
static class BuiltSample
{
    /// <summary>Whether a row is a sample with ids.</summary>
    public static bool Is(JsonElement row) => row.ValueKind == JsonValueKind.Object && row.TryGetProperty("input_ids"u8, out _);

    /// <summary>Reads <c>{"input_ids":[…],"labels":[…]}</c>; without labels nothing is learnt.</summary>
    /// <exception cref="HistoryFormatException">Not such a sample.</exception>
    public static TrainingSample Read(JsonElement row, HarmonyEncoding encoding)
    {
        int[] ids = Numbers(row, "input_ids");
        foreach (int id in ids)
            if (!encoding.Tokenizer.TryGetBytes(id, out _))
                throw new HistoryFormatException("input_ids", $"found {id}, expected ids of the vocabulary");
        List<TokenRun> runs = [];
        if (row.TryGetProperty("labels"u8, out _))
        {
            int[] labels = Numbers(row, "labels");
            if (labels.Length != ids.Length)
                throw new HistoryFormatException("labels", $"found {labels.Length} of them beside {ids.Length} ids, expected as many");
            for (int at = 0; at < ids.Length; at++)
            {
                if (labels[at] == TrainingSample.Ignored)
                    continue;
                if (labels[at] != ids[at])
                    throw new HistoryFormatException($"labels[{at}]", $"found {labels[at]}, expected {ids[at]} or {TrainingSample.Ignored}");
                if (runs.Count > 0 && runs[^1].End == at)
                    runs[^1] = new(runs[^1].Start, runs[^1].Length + 1);
                else
                    runs.Add(new(at, 1));
            }
        }
        return new(ids, runs, turn: 0, [], []);
    }

    static int[] Numbers(JsonElement row, string name)
    {
        JsonElement list = row.GetProperty(name);
        if (list.ValueKind != JsonValueKind.Array)
            throw JsonText.Wrong(list, name, "a list of numbers");
        int[] numbers = new int[list.GetArrayLength()];
        int at = 0;
        foreach (JsonElement item in list.EnumerateArray())
            numbers[at++] = item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int number) ? number : throw JsonText.Wrong(item, $"{name}[{at - 1}]", "a whole number");
        return numbers;
    }
}
