using System.Collections;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Chorale.Inference;
using Spectre.Console;

namespace Chorale.Cli;

/// <summary><c>chorale inspect</c>: what a model's files say of it.</summary>
static class InspectCommand
{
    const int ShownItems = 8;
    const int ShownCharacters = 160;

    public static Command Create(CliHost host)
    {
        Argument<string?> model = new("MODEL") { Description = "A GGUF file, the first file of a split one, or a folder of safetensors; without it, the embedded gpt-oss-nano.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = new("--json") { Description = "Print one JSON object, with every value whole." };

        Command command = new("inspect", "Show metadata, tensors, types and sizes of a model.") { model, json };
        command.SetAction(line =>
        {
            using Checkpoint checkpoint = Checkpoint.Open(ModelFile.Resolve(line.GetValue(model)));
            if (line.GetValue(json))
                WriteJson(host, checkpoint);
            else
                WriteTables(host, checkpoint);
            return ExitCodes.Success;
        });
        return command;
    }

    static void WriteJson(CliHost host, Checkpoint checkpoint)
    {
        using (Utf8JsonWriter writer = new(host.Output, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("path", checkpoint.Path);
            writer.WriteString("layout", NameOf(checkpoint.Layout));
            writer.WriteStartArray("files");
            foreach (string path in checkpoint.Files)
                writer.WriteStringValue(path);
            writer.WriteEndArray();
            writer.WriteNumber("bytes", checkpoint.ByteCount);
            writer.WriteNumber("parameters", checkpoint.ParameterCount);
            writer.WritePropertyName("metadata");
            WriteValue(writer, checkpoint.Metadata);
            writer.WriteStartArray("tensors");
            foreach (TensorInfo tensor in checkpoint.Tensors)
                WriteTensor(writer, tensor);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        host.Out.WriteLine();
    }

    static void WriteTensor(Utf8JsonWriter writer, TensorInfo tensor)
    {
        writer.WriteStartObject();
        writer.WriteString("name", tensor.Name);
        writer.WriteString("type", NameOf(tensor.Type));
        writer.WriteStartArray("shape");
        foreach (long size in tensor.Shape)
            writer.WriteNumberValue(size);
        writer.WriteEndArray();
        writer.WriteNumber("file", tensor.File);
        writer.WriteNumber("offset", tensor.Offset);
        writer.WriteNumber("bytes", tensor.ByteCount);
        writer.WriteEndObject();
    }

    static void WriteValue(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case string text: writer.WriteStringValue(text); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case float number when float.IsFinite(number): writer.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
            case float or double: writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
            case ulong number: writer.WriteNumberValue(number); break;
            case CheckpointMetadata keys:
                writer.WriteStartObject();
                foreach ((string key, object item) in keys)
                {
                    writer.WritePropertyName(key);
                    WriteValue(writer, item);
                }
                writer.WriteEndObject();
                break;
            case IEnumerable items:
                writer.WriteStartArray();
                foreach (object item in items)
                    WriteValue(writer, item);
                writer.WriteEndArray();
                break;
            default: writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
        }
    }

    static void WriteTables(CliHost host, Checkpoint checkpoint)
    {
        IAnsiConsole console = Terminal.Create(host);
        Table metadata = Plain("key", "value");
        AddKeys(metadata, checkpoint.Metadata, "");
        console.Write(metadata);

        Table tensors = Plain("tensor", "type", "shape", "bytes");
        tensors.Columns[3].RightAligned();
        foreach (TensorInfo tensor in checkpoint.Tensors)
            tensors.AddRow(Markup.Escape(tensor.Name), NameOf(tensor.Type), string.Join(" × ", tensor.Shape), Number(tensor.ByteCount));
        console.Write(tensors);

        if (checkpoint.Files.Count > 1)
        {
            Table files = Plain("file", "tensors", "bytes");
            files.Columns[1].RightAligned();
            files.Columns[2].RightAligned();
            for (int i = 0; i < checkpoint.Files.Count; i++)
            {
                List<TensorInfo> inFile = [.. checkpoint.Tensors.Where(t => t.File == i)];
                files.AddRow(Markup.Escape(Path.GetFileName(checkpoint.Files[i])), Number(inFile.Count), Number(inFile.Sum(t => t.ByteCount)));
            }
            console.Write(files);
        }

        Table types = Plain("type", "tensors", "bytes");
        types.Columns[1].RightAligned();
        types.Columns[2].RightAligned();
        foreach (IGrouping<TensorType, TensorInfo> group in checkpoint.Tensors.GroupBy(t => t.Type).OrderByDescending(g => g.Sum(t => t.ByteCount)))
            types.AddRow(NameOf(group.Key), Number(group.Count()), Number(group.Sum(t => t.ByteCount)));
        types.AddRow("all", Number(checkpoint.Tensors.Count), Number(checkpoint.Tensors.Sum(t => t.ByteCount)));
        console.Write(types);
        host.Out.WriteLine($"{checkpoint.Path}: {NameOf(checkpoint.Layout)}, {Number(checkpoint.ByteCount)} bytes, {Number(checkpoint.ParameterCount)} parameters");
    }

    static void AddKeys(Table table, CheckpointMetadata keys, string prefix)
    {
        foreach ((string key, object value) in keys)
        {
            if (value is CheckpointMetadata inner)
                AddKeys(table, inner, $"{prefix}{key}.");
            else
                table.AddRow(Markup.Escape(prefix + key), Markup.Escape(Short(value)));
        }
    }

    static Table Plain(params string[] columns) => new Table().Border(TableBorder.Simple).AddColumns(columns);

    static string Short(object value)
    {
        if (value is string text)
            return text.Length <= ShownCharacters ? text.ReplaceLineEndings("⏎") : $"{text[..ShownCharacters].ReplaceLineEndings("⏎")}… ({Number(text.Length)} characters)";
        if (value is not IEnumerable items)
            return Convert.ToString(value, CultureInfo.InvariantCulture)!;
        List<object> all = [.. items.Cast<object>()];
        string shown = string.Join(", ", all.Take(ShownItems).Select(Short));
        return all.Count <= ShownItems ? $"[{shown}]" : $"[{shown}, …] ({Number(all.Count)} items)";
    }

    static string NameOf(CheckpointLayout layout) => layout switch
    {
        CheckpointLayout.Gguf => "GGUF",
        CheckpointLayout.HuggingFace => "safetensors (Hugging Face)",
        _ => "safetensors (OpenAI)",
    };

    static string NameOf(TensorType type) => type == TensorType.Mxfp4 ? "MXFP4" : type.ToString();

    static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
