using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Chorale.TestKit;

/// <summary>Judges JSON documents by JSON Schemas with ajv, which knows nothing of our code: <c>tests/ajv/validate.mjs</c>, in one Node process a batch.</summary>
public static class AjvValidator
{
    static readonly string Folder = Path.Combine(TestData.RepositoryRoot, "tests", "ajv");

    /// <summary>Why it cannot run here; null where it can.</summary>
    public static string? Missing { get; } =
        NodeProgram.Path is null ? "Node is not installed."
        : !Directory.Exists(Path.Combine(Folder, "node_modules", "ajv")) ? "ajv is not installed: 'npm ci --prefix tests/ajv' does it."
        : null;

    /// <summary>Skips the test where it cannot run.</summary>
    public static void SkipWhereMissing() => Assert.SkipUnless(Missing is null, Missing ?? "");

    /// <summary>Judges all documents.</summary>
    /// <returns>For each question and each of its documents, whether it is valid.</returns>
    /// <exception cref="InvalidOperationException">ajv refuses a schema, or did not answer.</exception>
    public static async Task<IReadOnlyList<bool[]>> JudgeAsync(IReadOnlyList<AjvQuestion> questions, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = NodeProgram.Start(Folder, "validate.mjs");
        start.RedirectStandardError = false;
        using Process node = Process.Start(start) ?? throw new InvalidOperationException("Node did not start.");
        Task writing = WriteAsync(node.StandardInput, questions, cancellationToken);
        List<bool[]> verdicts = [];
        while (await node.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            using JsonDocument answer = JsonDocument.Parse(line);
            if (answer.RootElement.TryGetProperty("error", out JsonElement error))
                throw new InvalidOperationException($"{questions[verdicts.Count].Id}: {error.GetString()}");
            verdicts.Add([.. answer.RootElement.GetProperty("results").EnumerateArray().Select(result => result.GetBoolean())]);
        }
        await writing;
        await node.WaitForExitAsync(cancellationToken);
        return verdicts.Count == questions.Count ? verdicts : throw new InvalidOperationException($"ajv answered {verdicts.Count} of {questions.Count} questions.");
    }

    static async Task WriteAsync(StreamWriter input, IReadOnlyList<AjvQuestion> questions, CancellationToken cancellationToken)
    {
        await using (input)
        {
            foreach (AjvQuestion question in questions)
                await input.WriteAsync(Line(question).AsMemory(), cancellationToken);
        }
    }

    static string Line(AjvQuestion question)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter writer = new(line))
        {
            writer.WriteStartObject();
            writer.WriteString("id", question.Id);
            writer.WritePropertyName("schema");
            question.Schema.WriteTo(writer);
            writer.WriteStartArray("documents");
            foreach (string document in question.Documents)
                writer.WriteStringValue(document);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(line.ToArray()) + "\n";
    }
}
