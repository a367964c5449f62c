using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Chorale.Templates;
using Chorale.Tokenization;

namespace Chorale.Cli;

/// <summary><c>chorale template render</c>: messages as dictionaries to text and ids, by a chat template.</summary>
static class TemplateRenderCommand
{
    const string LineForm = """{"id","template" or "template_file","special_tokens"?,"messages","tools"?,"kwargs"?,"date"?} → {"id","text","segments"?,"tokens"?} or {"id","error":{"message","kind","line"?,"message_index"?}}""";

    public static Command Create(CliHost host)
    {
        Argument<string?> template = TemplateArguments.Template();
        template.Arity = ArgumentArity.ZeroOrOne;
        Argument<FileInfo?> file = new("FILE") { Description = """Messages as JSON, a list or {"messages","tools"?,"kwargs"?}; without it, standard input is read.""", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> prompt = new("--add-generation-prompt") { Description = "End with the head of the assistant's next message." };
        Option<bool> proceed = new("--continue-final-message") { Description = "Cut the text behind the last content, for a model to go on with." };
        Option<string[]> set = new("--set") { Description = "A variable of the template, its value as JSON or a plain word.", HelpName = "NAME=VALUE" };
        Option<DateOnly?> date = TemplateArguments.Date();
        Option<string?> name = TemplateArguments.TemplateName();
        Option<bool> interpreted = new("--interpret") { Description = "Interpret the template even where there is a native renderer." };
        Option<bool> ids = new("--ids") { Description = "Print the ids instead of the text." };
        Option<bool> tokens = new("--tokens") { Description = "With --jsonl, add the ids as \"tokens\"." };
        Option<bool> plain = new("--plain-text") { Description = "Take ids from the text as it stands, so that control tokens which a content spells become real ones: to compare with other tools only." };
        Option<bool> json = new("--json") { Description = "Print one JSON object: text, pieces and whose they are, tokens." };
        Option<FileInfo?> vocabulary = SharedOptions.Vocabulary();
        Option<bool> jsonl = SharedOptions.Jsonl(LineForm);

        Command command = new("render", "Render a conversation by a chat template.") { template, file, prompt, proceed, set, date, name, interpreted, ids, tokens, plain, json, vocabulary, jsonl };
        command.SetAction(async (line, cancellationToken) =>
        {
            DateOnly day = line.GetValue(date) ?? TemplateArguments.Today(host);
            Tokenizer? tokenizer = line.GetValue(tokens) || line.GetValue(ids) || line.GetValue(json) ? VocabularyFile.Load(line.GetValue(vocabulary)) : null;
            bool plainText = line.GetValue(plain);
            if (line.GetValue(jsonl))
            {
                TemplateLines lines = new(day, line.GetValue(tokens) ? tokenizer : null, plainText);
                return await JsonlBatch.RunAsync(host, lines.AnswerAsync, cancellationToken);
            }
            ChatTemplate loaded = TemplateArguments.Load(
                line.GetValue(template) ?? throw new CliException("TEMPLATE is missing.", ExitCodes.Usage), line.GetValue(name), line.GetValue(interpreted));
            using JsonDocument document = JsonDocument.Parse(await host.ReadAllTextAsync(line.GetValue(file), cancellationToken), TemplateLines.ReadOptions);
            TemplateInput input = TemplateLines.ReadInput(document.RootElement, day);
            Dictionary<string, TemplateValue> variables = input.Variables.ToDictionary(StringComparer.Ordinal);
            foreach (string setting in line.GetValue(set) ?? [])
                Set(variables, setting);
            input = input with
            {
                Variables = variables,
                AddGenerationPrompt = input.AddGenerationPrompt || line.GetValue(prompt),
                ContinueFinalMessage = input.ContinueFinalMessage || line.GetValue(proceed),
            };
            if (line.GetValue(json))
                WriteJson(host, loaded, input, tokenizer!, plainText);
            else if (line.GetValue(ids))
                host.Out.WriteLine(string.Join(' ', loaded.RenderIds(input, tokenizer!, plainText).Select(id => id.ToString(CultureInfo.InvariantCulture))));
            else
                host.Out.WriteLine(loaded.Render(input));
            return ExitCodes.Success;
        });
        return command;
    }

    static void Set(Dictionary<string, TemplateValue> variables, string setting)
    {
        int at = setting.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
            throw new CliException($"--set must be NAME=VALUE, found '{setting}'.", ExitCodes.Usage);
        string value = setting[(at + 1)..];
        try
        {
            variables[setting[..at]] = TemplateValue.FromJson(value);
        }
        catch (JsonException)
        {
            variables[setting[..at]] = TemplateValue.From(value);
        }
    }

    static void WriteJson(CliHost host, ChatTemplate template, TemplateInput input, Tokenizer tokenizer, bool plainText)
    {
        RenderedTemplate rendered = template.RenderPieces(input);
        using (Utf8JsonWriter writer = new(host.Output, JsonWriting.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("template", template.Name);
            writer.WriteBoolean("native", template.IsNative);
            writer.WriteString("text", WellFormed.Of(rendered.Text));
            writer.WriteStartArray("pieces");
            foreach (TemplatePiece piece in rendered.Pieces)
            {
                writer.WriteStartObject();
                writer.WriteString("text", WellFormed.Of(piece.Text));
                writer.WriteString("from", piece.IsTemplate ? "template" : "caller");
                writer.WriteBoolean("trained", piece.IsTrained);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteIds("tokens", plainText ? tokenizer.EncodeWithSpecials(rendered.Text) : rendered.ToIds(tokenizer));
            writer.WriteEndObject();
        }
        host.Out.WriteLine();
    }
}
