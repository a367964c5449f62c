using System.Text;

namespace Chorale.Tokenization.Tests;

/// <summary>Reads the strings and arrays of a GGUF file's metadata, as far as the tokenizer's tests need them.</summary>
static class GgufMetadata
{
    public static VocabularyLists ReadVocabulary(string path)
    {
        using BinaryReader reader = new(File.OpenRead(path), Encoding.UTF8);
        Assert.Equal("GGUF", Encoding.ASCII.GetString(reader.ReadBytes(4)));
        Assert.Equal(3u, reader.ReadUInt32());
        reader.ReadUInt64();
        ulong count = reader.ReadUInt64();
        Dictionary<string, object> values = new(StringComparer.Ordinal);
        for (ulong i = 0; i < count; i++)
        {
            string key = ReadString(reader);
            values[key] = ReadValue(reader, reader.ReadUInt32());
        }
        return new VocabularyLists
        {
            Tokens = [.. ((object[])values["tokenizer.ggml.tokens"]).Cast<string>()],
            TokenTypes = [.. ((object[])values["tokenizer.ggml.token_type"]).Cast<int>()],
            Merges = [.. ((object[])values["tokenizer.ggml.merges"]).Cast<string>()],
            Model = (string)values["tokenizer.ggml.model"],
            Pre = (string)values["tokenizer.ggml.pre"],
        };
    }

    static string ReadString(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadUInt64()));

    static object ReadValue(BinaryReader reader, uint type) => type switch
    {
        0 or 1 or 7 => reader.ReadByte(),
        2 or 3 => reader.ReadUInt16(),
        4 => reader.ReadUInt32(),
        5 => reader.ReadInt32(),
        6 => reader.ReadSingle(),
        8 => ReadString(reader),
        9 => ReadArray(reader),
        _ => reader.ReadUInt64(),
    };

    static object[] ReadArray(BinaryReader reader)
    {
        uint type = reader.ReadUInt32();
        object[] values = new object[reader.ReadUInt64()];
        for (int i = 0; i < values.Length; i++)
            values[i] = ReadValue(reader, type);
        return values;
    }
}
