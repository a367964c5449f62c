using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Chorale.TestKit;
using Chorale.Training;

namespace Chorale.Benchmarks;

/// <summary>What <c>dataset build</c> costs, reading and writing in memory, tokenizing included: 16 MB of conversations of one to four turns, of the texts of <c>testdata/bench</c>.</summary>
public class DatasetBenchmarks
{
    const int Megabytes = 16;

    byte[] _rows = [];
    DatasetBuilder _builder = new();

    /// <summary>Rows worked on at a time.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>What is written.</summary>
    [Params(DatasetOutput.Ids, DatasetOutput.Text)]
    public DatasetOutput Output { get; set; }

    /// <summary>Makes the rows.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        string[] words = [.. new[] { "english", "code", "licences" }.SelectMany(name => File.ReadAllText(TestData.PathOf($"bench/{name}.txt")).Split(' '))];
        using MemoryStream rows = new();
        while (rows.Length < Megabytes << 20)
        {
            using (Utf8JsonWriter writer = new(rows))
                WriteRow(writer, words, random);
            rows.WriteByte((byte)'\n');
        }
        _rows = rows.ToArray();
        _builder = new(new() { Threads = Threads, Output = Output, Dates = DateSpan.Fixed(new(2026, 1, 1)) });
    }

    /// <summary>Reads, tokenizes, writes.</summary>
    [Benchmark]
    public long Build() => _builder.Build([new("rows.jsonl", () => new MemoryStream(_rows))], [Stream.Null]).Tokens;

    static void WriteRow(Utf8JsonWriter writer, string[] words, Random random)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("messages");
        for (int turns = random.Next(10) < 7 ? 1 : random.Next(2, 5); turns > 0; turns--)
        {
            Write("user", random.Next(10, 80), thinking: 0);
            Write("assistant", random.Next(50, 300), random.Next(50, 400));
        }
        writer.WriteEndArray();
        writer.WriteEndObject();

        void Write(string role, int length, int thinking)
        {
            writer.WriteStartObject();
            writer.WriteString("role", role);
            writer.WriteString("content", Words(length));
            if (thinking > 0)
                writer.WriteString("thinking", Words(thinking));
            writer.WriteEndObject();
        }

        string Words(int length)
        {
            int start = random.Next(words.Length - length);
            return string.Join(' ', words[start..(start + length)]);
        }
    }
}
