using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>Writes samples as lines of JSON.</summary>
sealed class SampleLines(HarmonyEncoding encoding, DatasetOptions options)
{
    const int LongestId = 12;

    /// <summary>Writes a line.</summary>
    public void Write(TrainingSample sample, RowError? source, IBufferWriter<byte> destination)
    {
        if (options.Output == DatasetOutput.Ids)
            WriteIds(sample.Ids, sample.Trained, source, sample.Turn, destination);
        else
            WriteJson(sample, source, destination);
        destination.Write("\n"u8);
    }

    /// <summary>A pack: the samples one behind the other, and how long each is.</summary>
    public static void WritePack(IReadOnlyList<TrainingSample> samples, IBufferWriter<byte> destination)
    {
        destination.Write("{\"input_ids\":["u8);
        bool any = false;
        foreach (TrainingSample sample in samples)
            Numbers(sample.Ids, ref any, destination);
        destination.Write("],\"labels\":["u8);
        any = false;
        foreach (TrainingSample sample in samples)
            Labels(sample.Ids, sample.Trained, ref any, destination);
        destination.Write("],\"seq_lengths\":["u8);
        any = false;
        foreach (TrainingSample sample in samples)
            Numbers([sample.Ids.Length], ref any, destination);
        destination.Write("]}\n"u8);
    }

    static void WriteIds(ReadOnlySpan<int> ids, IReadOnlyList<TokenRun> trained, RowError? source, int turn, IBufferWriter<byte> destination)
    {
        bool any = false;
        destination.Write("{\"input_ids\":["u8);
        Numbers(ids, ref any, destination);
        destination.Write("],\"labels\":["u8);
        any = false;
        Labels(ids, trained, ref any, destination);
        destination.Write("]"u8);
        if (source is not null)
        {
            destination.Write(",\"source\":"u8);
            using Utf8JsonWriter writer = new(destination, HistoryWriter.Options);
            WriteSource(writer, source, turn);
        }
        destination.Write("}"u8);
    }

    static void Labels(ReadOnlySpan<int> ids, IReadOnlyList<TokenRun> trained, ref bool any, IBufferWriter<byte> destination)
    {
        int at = 0;
        for (int i = 0; i < trained.Count; i++)
        {
            Ignored(trained[i].Start - at, ref any, destination);
            Numbers(ids.Slice(trained[i].Start, trained[i].Length), ref any, destination);
            at = trained[i].End;
        }
        Ignored(ids.Length - at, ref any, destination);
    }

    static void Ignored(int count, ref bool any, IBufferWriter<byte> destination)
    {
        ReadOnlySpan<byte> ignored = ",-100"u8;
        while (count > 0)
        {
            int now = Math.Min(count, 1024);
            Span<byte> span = destination.GetSpan(now * ignored.Length);
            int written = 0;
            for (int i = 0; i < now; i++)
            {
                ReadOnlySpan<byte> next = any ? ignored : ignored[1..];
                next.CopyTo(span[written..]);
                written += next.Length;
                any = true;
            }
            destination.Advance(written);
            count -= now;
        }
    }

    static void Numbers(ReadOnlySpan<int> numbers, ref bool any, IBufferWriter<byte> destination)
    {
        while (!numbers.IsEmpty)
        {
            int now = Math.Min(numbers.Length, 1024);
            Span<byte> span = destination.GetSpan(now * LongestId);
            int written = 0;
            foreach (int number in numbers[..now])
            {
                if (any)
                    span[written++] = (byte)',';
                any = true;
                _ = Utf8Formatter.TryFormat(number, span[written..], out int length);
                written += length;
            }
            destination.Advance(written);
            numbers = numbers[now..];
        }
    }

    void WriteJson(TrainingSample sample, RowError? source, IBufferWriter<byte> destination)
    {
        using Utf8JsonWriter writer = new(destination, HistoryWriter.Options);
        writer.WriteStartObject();
        if (options.Output == DatasetOutput.Text)
            WriteText(writer, sample);
        else
            HistoryWriter.WriteFields(writer, HistoryOf(sample), ReasoningForm.Thinking);
        if (source is not null)
        {
            writer.WritePropertyName("source"u8);
            WriteSource(writer, source, sample.Turn);
        }
        writer.WriteEndObject();
    }

    void WriteText(Utf8JsonWriter writer, TrainingSample sample)
    {
        IReadOnlyList<SampleSegment> segments = sample.ToSegments(encoding);
        StringBuilder text = new();
        foreach (SampleSegment segment in segments)
            text.Append(segment.Text);
        writer.WriteString("text"u8, text.ToString());
        writer.WriteStartArray("segments"u8);
        foreach (SampleSegment segment in segments)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(segment.Text);
            writer.WriteBooleanValue(segment.IsTrained);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    /// <summary>The sample's messages; what stands before the last question is not learnt.</summary>
    static History HistoryOf(TrainingSample sample)
    {
        History history = HistoryConverter.FromConversation(Conversation.Of(sample.Messages));
        List<HistoryMessage> messages = [.. history.Messages];
        int question = messages.FindLastIndex(message => message.Role == Role.User);
        for (int i = 0; i < question; i++)
            if (messages[i].Role == Role.Assistant)
                messages[i] = messages[i] with { IsTrained = false };
        return history with { Messages = messages };
    }

    static void WriteSource(Utf8JsonWriter writer, RowError source, int turn)
    {
        writer.WriteStartObject();
        writer.WriteString("file"u8, source.File);
        writer.WriteNumber("line"u8, source.Line);
        if (turn > 0)
            writer.WriteNumber("turn"u8, turn);
        writer.WriteEndObject();
    }
}
