using System.Text.Json;
using System.Text.Json.Serialization;
using Chorale.TestKit;

namespace Chorale.Inference.Tests;

/// <summary>What a correct forward pass gives for a model of <c>testdata/model</c>, in float64.</summary>
public sealed record GoldenModel
{
    static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public required string Model { get; init; }

    public required GoldenFile[] Files { get; init; }

    public required GoldenSequence[] Sequences { get; init; }

    /// <summary>Every golden file together with each file or folder that it holds for.</summary>
    public static IEnumerable<(string File, GoldenModel Golden)> All()
    {
        foreach (string path in Directory.GetFiles(TestData.PathOf("model"), "*.golden.json").Order(StringComparer.Ordinal))
        {
            GoldenModel golden = JsonSerializer.Deserialize<GoldenModel>(File.ReadAllText(path), Options)!;
            foreach (GoldenFile file in golden.Files)
                yield return (file.Path, golden);
        }
    }

    public static GptOssModel Open(string file) => GptOssModel.Open(TestData.PathOf($"model/{file}"), new() { Threads = 2 });
}

public sealed record GoldenFile(string Path, string Kind);

public sealed record GoldenSequence
{
    public required int[] Tokens { get; init; }

    public required double[] LastLogits { get; init; }

    [JsonPropertyName("last_top32")]
    public required GoldenTop LastTop32 { get; init; }

    public required GoldenPositions PerPosition { get; init; }

    public GoldenGreedy? Greedy { get; init; }

    public required GoldenTrace Trace { get; init; }
}

public sealed record GoldenTop(int[] Ids, double[] Logits);

public sealed record GoldenGreedy(int[] Tokens, double[] Margins);

public sealed record GoldenPositions
{
    public required int[] Argmax { get; init; }

    public required double[] MaxLogit { get; init; }

    public required double[] Margin { get; init; }

    [JsonPropertyName("l2")]
    public required double[] L2 { get; init; }

    public required double[] Projection { get; init; }

    public required double[] Logsumexp { get; init; }

    public required double[] RouterGap { get; init; }
}

public sealed record GoldenTrace(int[] Positions, GoldenResidual[] Embedding, GoldenLayer[][] Layers);

public sealed record GoldenResidual
{
    [JsonPropertyName("l2")]
    public required double L2 { get; init; }

    [JsonPropertyName("first8")]
    public required double[] First8 { get; init; }
}

public sealed record GoldenLayer
{
    public required GoldenResidual AfterAttn { get; init; }

    public required GoldenResidual AfterMoe { get; init; }

    public required double[] RouterLogits { get; init; }

    public required int[] Experts { get; init; }

    public required double[] ExpertWeights { get; init; }

    public required double MeanSinkMass { get; init; }
}
