using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training.Tests;

public class DatasetBuilderTests
{
    static readonly DatasetOptions Dated = new() { Dates = DateSpan.Fixed(new(2026, 1, 2)), Threads = 2 };

    /// <summary>A small set in each form; each gives one sample whose learnt text is this.</summary>
    public static TheoryData<RowForm, string, string> Forms => new()
    {
        { RowForm.Messages, """{"messages":[{"role":"user","content":"q","thinking":null},{"role":"assistant","content":"a","thinking":"t"}]}""", "<|channel|>analysis<|message|>t<|end|><|start|>assistant<|channel|>final<|message|>a<|return|>" },
        { RowForm.Messages, """[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]""", "<|channel|>final<|message|>a<|return|>" },
        { RowForm.MultilingualThinking, """{"reasoning_language":"German","developer":"d","user":"q","analysis":"t","final":"a","messages":[{"content":"reasoning language: German\n\nd","role":"system","thinking":null},{"content":"q","role":"user","thinking":null},{"content":"a","role":"assistant","thinking":"t"}]}""", "<|channel|>analysis<|message|>t<|end|><|start|>assistant<|channel|>final<|message|>a<|return|>" },
        { RowForm.MultilingualThinking, """{"reasoning_language":"German","developer":"d","user":"q","analysis":"t","final":"a"}""", "<|channel|>analysis<|message|>t<|end|><|start|>assistant<|channel|>final<|message|>a<|return|>" },
        { RowForm.OpenAI, """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"no","weight":0},{"role":"user","content":"q"},{"role":"assistant","content":"pre","tool_calls":[{"id":"1","type":"function","function":{"name":"w","arguments":"{\"c\":1}"}}]},{"role":"tool","tool_call_id":"1","content":"r"},{"role":"assistant","content":"a","weight":1}],"parallel_tool_calls":false}""",
            "<|channel|>commentary<|message|>pre<|end|><|start|>assistant to=functions.w<|channel|>commentary <|constrain|>json<|message|>{\"c\":1}<|call|><|channel|>final<|message|>a<|return|>" },
        { RowForm.ShareGpt, """{"conversations":[{"from":"system","value":"s"},{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}""", "<|channel|>final<|message|>a<|return|>" },
        { RowForm.ShareGpt, """{"conversations":[{"from":"user","value":"q"},{"from":"function_call","value":"{\"name\": \"w\", \"arguments\": {\"c\": 1}}"},{"from":"observation","value":"r"},{"from":"gpt","value":"a"}],"tools":"[{\"name\":\"w\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"}}]"}""",
            " to=functions.w<|channel|>commentary <|constrain|>json<|message|>{\"c\": 1}<|call|><|channel|>final<|message|>a<|return|>" },
        { RowForm.PromptCompletion, """{"prompt":"q","completion":"a"}""", "<|channel|>final<|message|>a<|return|>" },
        { RowForm.PromptCompletion, """{"prompt":[{"role":"user","content":"q"},{"role":"assistant","content":"old"},{"role":"user","content":"q"}],"completion":[{"role":"assistant","content":"a","thinking":"t"}],"chat_template_kwargs":{"reasoning_effort":"low"}}""",
            "<|channel|>analysis<|message|>t<|end|><|start|>assistant<|channel|>final<|message|>a<|return|>" },
        { RowForm.Alpaca, """{"instruction":"do","input":"x","output":"a"}""", "<|channel|>final<|message|>a<|return|>" },
        { RowForm.HarmonyText, """{"text":"<|start|>system<|message|>You are X.<|end|><|start|>user<|message|>q<|end|><|start|>assistant<|channel|>analysis<|message|>t<|end|><|start|>assistant<|channel|>final<|message|>a<|return|>"}""",
            "<|channel|>analysis<|message|>t<|end|><|start|>assistant<|channel|>final<|message|>a<|return|>" },
        { RowForm.Qwen, """{"messages":[{"role":"user","content":"q"},{"role":"assistant","reasoning_content":"t","content":"a"}]}""", "<|channel|>analysis<|message|>t<|end|><|start|>assistant<|channel|>final<|message|>a<|return|>" },
        { RowForm.Qwen, """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"<think>\nt\n</think>\n\na"}]}""", "<|channel|>analysis<|message|>t<|end|><|start|>assistant<|channel|>final<|message|>a<|return|>" },
        { RowForm.Conversation, """{"messages":[{"role":"system","content":[{"type":"system_content","model_identity":"X","reasoning_effort":"Low"}]},{"role":"user","content":"q"},{"role":"assistant","channel":"analysis","content":"t"},{"role":"assistant","channel":"final","content":"a"}]}""",
            "<|channel|>analysis<|message|>t<|end|><|start|>assistant<|channel|>final<|message|>a<|return|>" },
    };

    static DatasetInput Input(string text, string name = "data.jsonl") => Input(Encoding.UTF8.GetBytes(text), name);

    static DatasetInput Input(byte[] bytes, string name = "data.jsonl") => new(name, () => new MemoryStream(bytes));

    static (List<string> Lines, DatasetStatistics Statistics, List<RowError> Errors) Build(DatasetOptions options, params DatasetInput[] inputs)
    {
        using MemoryStream output = new();
        List<RowError> errors = [];
        DatasetStatistics statistics = new DatasetBuilder(options).Build(inputs, [output], errors.Add, cancellationToken: TestContext.Current.CancellationToken);
        return ([.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)], statistics, errors);
    }

    static TrainingSample ReadBack(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return BuiltSample.Read(document.RootElement, HarmonyEncoding.Default);
    }

    static string Row(string question, string answer = "a") => $$"""{"messages":[{"role":"user","content":"{{question}}"},{"role":"assistant","content":"{{answer}}"}]}""";

    [Theory, MemberData(nameof(Forms))]
    public void Each_form_is_told_written_and_read_back_and_what_is_learnt_ends_in_its_terminator(RowForm form, string row, string learnt)
    {
        (List<string> lines, DatasetStatistics statistics, List<RowError> errors) = Build(Dated, Input(row + "\n"));
        Assert.Empty(errors);
        Assert.Equal((1, 1), (statistics.RowsOf(form), statistics.Samples));
        TrainingSample sample = ReadBack(Assert.Single(lines));
        string[] pieces = [.. sample.ToSegments(HarmonyEncoding.Default).Where(segment => segment.IsTrained).Select(segment => segment.Text)];
        Assert.Equal(learnt, string.Concat(pieces));
        Assert.All(pieces, piece => Assert.Matches(@"<\|(end|call|return)\|>\z", piece));
        HarmonyParser parser = HarmonyEncoding.Default.CreateParser();
        parser.Push(sample.Ids);
        parser.Finish();
        Assert.Empty(parser.Diagnostics);

        (lines, _, errors) = Build(Dated with { Form = form }, Input(row));
        Assert.Empty(errors);
        Assert.Equal(sample.Ids.ToArray(), ReadBack(Assert.Single(lines)).Ids.ToArray());
    }

    [Theory, MemberData(nameof(Forms))]
    public void Text_and_messages_hold_the_same_sample(RowForm form, string row, string learnt)
    {
        _ = form;
        TrainingSample ids = ReadBack(Assert.Single(Build(Dated, Input(row)).Lines));
        using JsonDocument text = JsonDocument.Parse(Assert.Single(Build(Dated with { Output = DatasetOutput.Text }, Input(row)).Lines));
        Assert.Equal(HarmonyEncoding.Default.Tokenizer.Decode(ids.Ids), text.RootElement.GetProperty("text").GetString());
        Assert.Equal(learnt, string.Concat(text.RootElement.GetProperty("segments").EnumerateArray().Where(piece => piece[1].GetBoolean()).Select(piece => piece[0].GetString())));

        string messages = Assert.Single(Build(Dated with { Output = DatasetOutput.Messages }, Input(row)).Lines);
        TrainingSample second = ReadBack(Assert.Single(Build(Dated, Input(messages)).Lines));
        string again = string.Concat(second.ToSegments(HarmonyEncoding.Default).Where(segment => segment.IsTrained).Select(segment => segment.Text));
        Assert.Equal(learnt.Replace("\"c\":1", "\"c\": 1", StringComparison.Ordinal), again);   // arguments are objects in dictionaries, and written anew
    }

    [Theory]
    [InlineData("data.json", "[{0},\n{1}\n]", 2)]
    [InlineData("data.json", "[{0},{1}]", 2)]
    [InlineData("data.json", "{0}\n{1}", 2)]
    [InlineData("data.json", "\uFEFF  {0}  ", 1)]
    [InlineData("data", "{0}\n\n{1}\n", 2)]
    [InlineData("data.jsonl", "{0}\r\n{1}\r\n", 2)]
    public void Json_lines_and_json_are_read_whatever_the_layout(string name, string layout, int rows)
    {
        string text = layout.Replace("{0}", Row("q one"), StringComparison.Ordinal).Replace("{1}", Row("q two"), StringComparison.Ordinal);
        Assert.Equal(rows, Build(Dated, Input(text, name)).Lines.Count);
    }

    [Fact]
    public void Pretty_json_is_read()
    {
        using JsonDocument row = JsonDocument.Parse(Row("q"));
        string pretty = JsonSerializer.Serialize(row.RootElement, new JsonSerializerOptions { WriteIndented = true });
        Assert.Single(Build(Dated, Input(pretty, "one.json")).Lines);
        Assert.Equal(2, Build(Dated, Input($"[\n{pretty},\n{pretty}\n]", "two.json")).Lines.Count);
        (List<string> lines, _, List<RowError> errors) = Build(Dated, Input($"[\n{pretty},\n{{\"a\":1}},\n{pretty}\n]", "three.json"));
        Assert.Equal(2, lines.Count);
        Assert.Equal(pretty.Split('\n').Length + 2, Assert.Single(errors).Line);
    }

    [Fact]
    public void Gzip_is_recognised_by_its_bytes()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(Row("q")));
        Assert.Single(Build(Dated, Input(packed.ToArray(), "odd.name")).Lines);
        byte[] damaged = packed.ToArray();
        damaged[^7] ^= 0xFF;
        Assert.Contains("not whole gzip", Assert.Throws<DatasetException>(() => Build(Dated, Input(damaged, "damaged.gz"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Harmony_text_is_read_conversation_by_conversation()
    {
        const string One = "<|start|>system<|message|>You are X.<|end|><|start|>user<|message|>q\n<|end|><|start|>assistant<|channel|>final<|message|>a<|return|>";
        Assert.Equal(3, Build(Dated, Input($"{One}\n{One}{One}\n", "h.txt")).Lines.Count);
        (_, _, List<RowError> errors) = Build(Dated, Input("<|start|>user<|message|>what is <|start|> for?<|end|><|start|>assistant<|channel|>final<|message|>a<|return|>", "h.txt"));
        Assert.Contains("not whole Harmony text", Assert.Single(errors).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_row_is_named_counted_and_passed_over()
    {
        string text = $"{Row("q")}\n{{\"messages\": [\n\nnull\n{{\"x\":1}}\n{{\"messages\":[{{\"role\":\"critic\",\"content\":\"c\"}}]}}\n{Row("r")}\n";
        (List<string> lines, DatasetStatistics statistics, List<RowError> errors) = Build(Dated, Input(text, "rows.jsonl"));
        Assert.Equal((2, 6, 4), (lines.Count, statistics.Rows, statistics.BadRows));
        Assert.Equal([2, 4, 5, 6], errors.Select(error => error.Line));
        Assert.StartsWith("rows.jsonl:2: not JSON", errors[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("\"x\"", errors[2].Reason, StringComparison.Ordinal);
        Assert.Contains("messages[0].role", errors[3].Reason, StringComparison.Ordinal);
        Assert.Contains("rows.jsonl:2", Assert.Throws<DatasetException>(() => Build(Dated with { IsStrict = true }, Input(text, "rows.jsonl"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_are_refused_by_name() =>
        Assert.Contains("Parquet", Assert.Throws<DatasetException>(() => Build(Dated, Input("PAR1....", "x.parquet"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_number_of_threads_and_any_block_give_the_same_lines()
    {
        string text = string.Concat(Enumerable.Range(0, 300).Select(i => Row($"question {i} {new string('x', i)}") + "\n"));
        List<string> expected = Build(Dated with { Threads = 1 }, Input(text)).Lines;
        Assert.Equal(300, expected.Count);
        foreach (int block in (ReadOnlySpan<int>)[16, 100, 4096])
        {
            using MemoryStream output = new();
            new DatasetBuilder(Dated with { Threads = 5 }, HarmonyEncoding.Default, block).Build([Input(text)], [output], cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(string.Join('\n', expected) + "\n", Encoding.UTF8.GetString(output.ToArray()));
        }
    }

    [Fact]
    public void Dates_are_fixed_left_out_or_varied_always_alike()
    {
        string text = string.Concat(Enumerable.Range(0, 60).Select(i => Row($"q{i}") + "\n"));
        string[] DatesOf(DateSpan? dates) => [.. Build(Dated with { Dates = dates, Output = DatasetOutput.Text }, Input(text)).Lines.Select(line => line.Contains("Current date: ", StringComparison.Ordinal) ? line[(line.IndexOf("Current date: ", StringComparison.Ordinal) + 14)..][..10] : "")];
        Assert.Equal(["2026-01-02"], DatesOf(DateSpan.Fixed(new(2026, 1, 2))).Distinct());
        Assert.Equal([""], DatesOf(null).Distinct());
        DateSpan span = new(new(2026, 1, 1), new(2026, 1, 10));
        Assert.True(DatesOf(span).Distinct().Count() > 5);
        Assert.All(DatesOf(span), date => Assert.InRange(date, "2026-01-01", "2026-01-10"));
        Assert.Equal(DatesOf(span), DatesOf(span));
    }

    [Fact]
    public void Duplicates_are_left_out_where_asked_for()
    {
        string text = $"{Row("q")}\n{Row("r")}\n{Row("q")}\n{Row("q", "other")}\n";
        Assert.Equal(4, Build(Dated, Input(text)).Lines.Count);
        (List<string> lines, DatasetStatistics statistics, _) = Build(Dated with { RemoveDuplicates = true }, Input(text));
        Assert.Equal((3, 1), (lines.Count, statistics.DroppedFor(DropReason.Duplicate)));
    }

    [Fact]
    public void Parts_keep_what_begins_alike_together_and_never_change()
    {
        string text = string.Concat(Enumerable.Range(0, 1000).Select(i => $"{Row($"question {i}")}\n{Row($"question {i}", "another answer")}\n"));
        DatasetOptions options = Dated with { Splits = [new("train", 0.9), new("test", 0.1)], Output = DatasetOutput.Messages };
        using MemoryStream train = new(), test = new();
        DatasetStatistics statistics = new DatasetBuilder(options).Build([Input(text)], [train, test], cancellationToken: TestContext.Current.CancellationToken);
        string[] Questions(MemoryStream part) => [.. Encoding.UTF8.GetString(part.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[line.IndexOf("question", StringComparison.Ordinal)..].Split('"')[0])];
        Assert.Empty(Questions(train).Intersect(Questions(test)));
        Assert.InRange(statistics.Splits["test"], 140, 260);
        Assert.Equal(2000, statistics.Splits.Values.Sum());
        StableHash hash = StableHash.Create();
        hash.Add("question 1");
        Assert.Equal(0x67B6F72DF0A01F1BUL, hash.First);   // a change here moves every data set's parts
        Assert.Throws<ArgumentException>(() => new DatasetBuilder(Dated with { Splits = [new("a", 0.5)] }));
    }

    [Fact]
    public void Packs_hold_whole_samples_and_say_how_long_each_is()
    {
        string text = string.Concat(Enumerable.Range(0, 200).Select(i => Row("q", new string('z', 1 + (i % 37))) + "\n"));
        (List<string> lines, DatasetStatistics statistics, _) = Build(Dated with { PackTokens = 400 }, Input(text));
        Assert.Equal((200, lines.Count), (statistics.Samples, statistics.Packs));
        int samples = 0;
        foreach (string line in lines)
        {
            using JsonDocument pack = JsonDocument.Parse(line);
            int[] lengths = [.. pack.RootElement.GetProperty("seq_lengths").EnumerateArray().Select(length => length.GetInt32())];
            TrainingSample ids = ReadBack(line);
            Assert.Equal(lengths.Sum(), ids.Ids.Length);
            Assert.InRange(ids.Ids.Length, 1, 400);
            samples += lengths.Length;
            int at = 0;
            foreach (int length in lengths)
            {
                Assert.StartsWith("<|start|>system", HarmonyEncoding.Default.Tokenizer.Decode(ids.Ids.Slice(at, length)), StringComparison.Ordinal);
                at += length;
            }
        }
        Assert.Equal(200, samples);
        Assert.True(statistics.Packs * 400 < statistics.Tokens * 1.25);
    }

    [Fact]
    public void Contents_that_spell_control_tokens_never_become_text()
    {
        string row = Row("<|end|>");
        Assert.Equal(1, Build(Dated, Input(row)).Statistics.FoundIn(SampleFinding.MarkerInContent));
        (List<string> lines, DatasetStatistics statistics, _) = Build(Dated with { Output = DatasetOutput.Text }, Input(row));
        Assert.Empty(lines);
        Assert.Equal(1, statistics.DroppedFor(DropReason.MarkersInText));
    }

    [Fact]
    public void Statistics_count_what_was_written_and_what_was_not()
    {
        string text = $"{Row("q")}\n{Row("r", string.Join(' ', Enumerable.Repeat("word", 200)))}\n{{\"messages\":[{{\"role\":\"user\",\"content\":\"q\"}}]}}\n";
        (List<string> lines, DatasetStatistics statistics, _) = Build(Dated with { Samples = new() { MaxTokens = 150 } }, Input(text));
        TrainingSample sample = ReadBack(Assert.Single(lines));
        Assert.Equal((1, 1, 1), (statistics.Samples, statistics.DroppedFor(DropReason.TooLong), statistics.DroppedFor(DropReason.NothingLearnt)));
        Assert.Equal((sample.Ids.Length, sample.TrainedCount, sample.TrainedCount), (statistics.Tokens, statistics.TrainedTokens, statistics.FinalTokens));
        Assert.Equal(sample.Ids.Length, statistics.Quantile(0.5));
        DatasetStatistics again = Build(Dated, Input(lines[0])).Statistics;
        Assert.Equal((1, statistics.Tokens, statistics.TrainedTokens), (again.Samples, again.Tokens, again.TrainedTokens));
    }

    [Fact]
    public void Reading_gives_the_samples_one_by_one_with_their_places()
    {
        SourcedSample[] samples = [.. new DatasetBuilder(Dated).Read([Input($"{Row("q")}\nnope\n{Row("r")}\n", "x.jsonl")])];
        Assert.Equal([1L, 3L], samples.Select(sample => sample.Line));
        Assert.Equal("x.jsonl", samples[1].File);
    }

    [Fact]
    public void Reading_runs_ahead_of_writing_by_a_few_blocks_whatever_the_size()
    {
        const int Block = 16 * 1024, Threads = 2;
        byte[] row = Encoding.UTF8.GetBytes(Row("What is a question?", new string('w', 200)) + "\n");
        Repeated file = new(row, 5_000);
        LineCounter output = new();
        long furthest = 0;
        new DatasetBuilder(Dated with { Threads = Threads }, HarmonyEncoding.Default, Block).Build(
            [new("big.jsonl", () => file)], [output], onProgress: _ => furthest = Math.Max(furthest, file.Position - (output.Lines * row.Length)), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(5_000, output.Lines);
        Assert.InRange(furthest, 1, (Threads + 2) * 4 * Block);
    }

    [Fact]
    public void A_line_without_end_is_passed_over()
    {
        using MemoryStream file = new(Encoding.UTF8.GetBytes($"{new string('x', 5000)}\n{Row("q")}\n"));
        RecordReader reader = new(file, "x.jsonl", blockBytes: 64, maxRecordBytes: 1024);
        List<RawRecord> records = [];
        while (reader.Next() is { } batch)
        {
            records.AddRange(batch.Records);
            batch.Dispose();
        }
        Assert.Equal([1L, 2L], records.Select(record => record.Line));
        Assert.NotNull(records[0].Problem);
        Assert.Null(records[1].Problem);
    }

    /// <summary>Counts lines.</summary>
    sealed class LineCounter : MemoryStream
    {
        public long Lines { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer) => Lines += buffer.Count((byte)'\n');
    }

    /// <summary>A file of the same row many times, which takes no memory.</summary>
    sealed class Repeated(byte[] row, int rows) : Stream
    {
        long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => (long)row.Length * rows;

        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (_at == Length)
                return 0;
            int within = (int)(_at % row.Length), count = Math.Min(buffer.Length, row.Length - within);
            row.AsSpan(within, count).CopyTo(buffer);
            _at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
