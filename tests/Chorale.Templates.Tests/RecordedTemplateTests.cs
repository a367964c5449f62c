using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Templates.Tests;

public class RecordedTemplateTests
{
    /// <summary>Another recording of the same form may be named by <c>CHORALE_JINJA_RECORDING</c>.</summary>
    static readonly string Recording = Environment.GetEnvironmentVariable("CHORALE_JINJA_RECORDING") ?? TestData.PathOf("templates/jinja2-random.jsonl");

    [Fact]
    public void Random_templates_give_what_Jinja2_gave()
    {
        string[] lines = [.. File.ReadAllText(Recording).Split('\n').Where(line => line.Length > 0)];
        Dictionary<string, TemplateValue> data = TemplateValue.FromJson(lines[0])["data"]!.Entries.ToDictionary();
        data.Remove("messages", out TemplateValue? messages);
        List<string> failures = [];
        foreach (string line in lines.Skip(1))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            string source = document.RootElement.GetProperty("source").GetString()!;
            string? text = document.RootElement.TryGetProperty("text", out JsonElement recorded) ? recorded.GetString() : null;
            string? found = null, problem = null;
            try
            {
                ChatTemplate template = ChatTemplate.Parse(source);
                TemplateInput input = new() { Messages = messages!, Variables = data, Date = new DateOnly(2025, 8, 21) };
                found = template.Render(input);
                RenderedTemplate pieces = template.RenderPieces(input);
                if (pieces.Text != found)
                    problem = "other text in pieces";
            }
            catch (TemplateRenderException e)
            {
                if (text is null && e.Kind.ToString().ToLowerInvariant() == document.RootElement.GetProperty("error").GetString())
                    continue;
                problem = $"{e.Kind} {e.Message}";
            }
            catch (TemplateSyntaxException e)
            {
                problem = e.Message;
            }
            if (found != text || problem is not null)
                failures.Add($"{line}\n    found {problem} {JsonSerializer.Serialize(found)}");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {lines.Length - 1}:\n{string.Join('\n', failures.Take(15))}");
    }
}
