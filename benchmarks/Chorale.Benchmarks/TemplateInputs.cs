using System.Text.Json;
using Chorale.Templates;
using Chorale.TestKit;

namespace Chorale.Benchmarks;

/// <summary>The recorded cases of a template that give a text, as its benchmarks render them.</summary>
static class TemplateInputs
{
    public static string SourceOf(string template) => File.ReadAllText(TestData.PathOf($"templates/jinja/{template}.jinja"));

    public static TemplateInput[] Read(string template)
    {
        List<TemplateInput> inputs = [];
        foreach (JsonElement json in Jsonl.Elements("templates/public.jsonl"))
        {
            if (json.GetProperty("template").GetString() != template || !json.TryGetProperty("text", out _))
                continue;
            Dictionary<string, TemplateValue> variables = json.GetProperty("kwargs").EnumerateObject().ToDictionary(p => p.Name, p => TemplateValue.FromJson(p.Value));
            if (variables.ContainsKey("continue_final_message"))
                continue;
            bool prompt = variables.Remove("add_generation_prompt", out TemplateValue? adds) && adds.IsTrue;
            inputs.Add(new TemplateInput
            {
                Messages = TemplateValue.FromJson(json.GetProperty("messages")),
                Tools = json.TryGetProperty("tools", out JsonElement tools) ? TemplateValue.FromJson(tools) : null,
                Variables = variables,
                AddGenerationPrompt = prompt,
            });
        }
        return [.. inputs];
    }
}
