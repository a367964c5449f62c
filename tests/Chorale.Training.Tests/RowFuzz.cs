using System.Text;

namespace Chorale.Training.Tests;

/// <summary>Damages rows: bytes, pieces of other rows, values in the place of others.</summary>
static class RowFuzz
{
    static readonly string[] Values =
    [
        "null", "true", "0", "-1e999", "\"\"", "\"\\ud800\"", "[]", "{}", "[[]]", "[null]", "\"<|start|>\"", "\"<think>\"", "\"</think>\"", "{\"role\":\"user\"}", "\"assistant\"", "\"tool\"",
        "\"{\\\"a\\\":1}\"", "[{\"name\":\"f\",\"arguments\":\"{}\"}]", new string('[', 300), "{\"a\":" + new string('{', 50),
    ];

    /// <summary>A row of one of these, damaged.</summary>
    public static byte[] Next(IReadOnlyList<string> rows, Random random)
    {
        StringBuilder row = new(rows[random.Next(rows.Count)]);
        for (int times = random.Next(1, 5); times > 0; times--)
        {
            int at = random.Next(row.Length), length = Math.Min(random.Next(1, 12), row.Length - at);
            switch (random.Next(6))
            {
                case 0:
                    row.Remove(at, length);
                    break;
                case 1:
                    row.Insert(at, Values[random.Next(Values.Length)]);
                    break;
                case 2:
                    ReplaceValue(row, random);
                    break;
                case 3:
                    string other = rows[random.Next(rows.Count)];
                    int from = random.Next(other.Length);
                    row.Insert(at, other.AsSpan(from, Math.Min(40, other.Length - from)));
                    break;
                case 4:
                    row[at] = (char)random.Next(1, 128);
                    break;
                default:
                    row.Replace("\"user\"", random.Next(2) == 0 ? "\"assistant\"" : "\"tool\"", 0, row.Length);
                    break;
            }
            if (row.Length == 0)
                row.Append("{}");
        }
        byte[] bytes = Encoding.UTF8.GetBytes(row.ToString());
        if (random.Next(8) == 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(128, 256);
        return bytes;
    }

    static void ReplaceValue(StringBuilder row, Random random)
    {
        string text = row.ToString();
        List<int> colons = [];
        for (int i = 0; i < text.Length; i++)
            if (text[i] == ':')
                colons.Add(i);
        if (colons.Count == 0)
            return;
        int at = colons[random.Next(colons.Count)] + 1;
        int length = at < text.Length ? RecordReader.ValueLength(Encoding.UTF8.GetBytes(text[at..]), isAll: true) : 0;
        if (length <= 0 || at + length > text.Length)
            return;
        row.Remove(at, length).Insert(at, Values[random.Next(Values.Length)]);
    }
}
