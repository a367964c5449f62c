using System.Text;
using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Harmony.Tests;

/// <summary>What openai-harmony 0.0.8 answered, case by case (<c>testdata/harmony</c>).</summary>
sealed record Recorded(string Id, string Op, JsonElement Request, JsonElement Response)
{
    public static IEnumerable<Recorded> Cases(string file) =>
        from line in Jsonl.Elements($"harmony/{file}")
        select new Recorded(line.GetProperty("id").GetString()!, line.GetProperty("op").GetString()!, line.GetProperty("request"), line.GetProperty("response"));

    public string? Error => Response.TryGetProperty("error", out JsonElement error) ? error.GetString() : null;

    public string? ErrorInFull => Response.TryGetProperty("error_full", out JsonElement error) ? error.GetString() : Error;

    /// <summary>The ids of a case; those above 2^31 are negative.</summary>
    public int[] Tokens => Ids(Request.GetProperty("tokens"));

    public Role? Role => Request.GetProperty("role").GetString() is { } name ? Roles.Parse(name) : null;

    public ParserMode Mode => Request.GetProperty("strict").GetBoolean() ? ParserMode.Strict : ParserMode.NonStrict;

    public static int[] Ids(JsonElement tokens) => [.. tokens.EnumerateArray().Select(id => unchecked((int)id.GetUInt32()))];

    /// <summary>The bytes of a JSON field, or of the text in <c>name_text</c> where the JSON is malformed.</summary>
    public byte[] Json(string name) => Request.TryGetProperty($"{name}_text", out JsonElement text)
        ? Encoding.UTF8.GetBytes(text.GetString()!)
        : Encoding.UTF8.GetBytes(Request.GetProperty(name).GetRawText());

    /// <summary>Runs each case and reports every one that fails, by its id.</summary>
    public static void All(IEnumerable<Recorded> cases, Action<Recorded> check)
    {
        List<string> failures = [];
        int count = 0;
        foreach (Recorded recorded in cases)
        {
            count++;
            try
            {
                check(recorded);
            }
            catch (Exception failure)
            {
                failures.Add($"{recorded.Id}: {failure.GetType().Name}: {failure.Message}");
            }
        }
        Assert.True(count > 0, "No cases.");
        Assert.True(failures.Count == 0, $"{failures.Count} of {count} cases fail:\n{string.Join('\n', failures.Take(20))}");
    }
}
