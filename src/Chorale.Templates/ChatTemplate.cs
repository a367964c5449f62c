using System.Security.Cryptography;
using System.Text;
using Chorale.Tokenization;

namespace Chorale.Templates;

/// <summary>A chat template: messages, tools and settings to one text, exactly as Hugging Face's <c>apply_chat_template</c> gives it.</summary>
/// <remarks>
/// A template is interpreted, or rendered by a native renderer with the same text where it is one of those that have one. Immutable; threads may
/// share it.
/// </remarks>
public sealed class ChatTemplate
{
    const string BothWays = "continue_final_message and add_generation_prompt are not compatible. Use continue_final_message when you want the model to continue the final "
        + "message, and add_generation_prompt when you want to add a header that will prompt it to start a new assistant message instead.";

    readonly IRenderer _renderer;
    readonly IRenderer? _interpreter;
    readonly TemplateLimits _limits;

    ChatTemplate(string? name, IRenderer renderer, IRenderer? interpreter, IReadOnlyDictionary<string, string> specialTokens, TemplateLimits limits)
    {
        Name = name;
        SpecialTokens = specialTokens;
        (_renderer, _interpreter, _limits) = (renderer, interpreter, limits);
    }

    /// <summary>The names that <see cref="Named"/> knows.</summary>
    public static IReadOnlyList<string> Names => NativeTemplates.Names;

    /// <summary>The name of the published template that this one is; null for any other.</summary>
    public string? Name { get; }

    /// <summary>Whether a native renderer does the work.</summary>
    public bool IsNative => !ReferenceEquals(_renderer, _interpreter);

    /// <summary>Whether it marks what the assistant says, by <c>{% generation %}</c>.</summary>
    public bool HasGeneration => _renderer.HasGeneration;

    /// <summary>The special tokens, such as <c>bos_token</c>, that come with the template: from its <c>tokenizer_config.json</c>, or for a built-in name the model's.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; }

    /// <summary>Reads a Jinja template, to be interpreted.</summary>
    /// <param name="source">The template.</param>
    /// <param name="specialTokens">The special tokens of its model, for those that an input does not name; null for none.</param>
    /// <param name="limits">What it may do; null takes the defaults.</param>
    /// <exception cref="TemplateSyntaxException">It is no Jinja, or uses what lies outside the subset.</exception>
    public static ChatTemplate Parse(string source, IReadOnlyDictionary<string, string>? specialTokens = null, TemplateLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        limits ??= TemplateLimits.Default;
        JinjaTemplate interpreter = JinjaTemplate.Parse(source, limits);
        return new ChatTemplate(NativeTemplates.FindBySha256(Sha256(source))?.Name, interpreter, interpreter, specialTokens ?? SpecialTokenMap.None, limits);
    }

    /// <inheritdoc cref="Parse" path="/param"/>
    /// <summary>Reads a Jinja template; one whose SHA-256 is that of a template with a native renderer is rendered by that.</summary>
    /// <exception cref="TemplateSyntaxException">It is no Jinja, or uses what lies outside the subset.</exception>
    public static ChatTemplate Load(string source, IReadOnlyDictionary<string, string>? specialTokens = null, TemplateLimits? limits = null)
    {
        ChatTemplate parsed = Parse(source, specialTokens, limits);
        return parsed.Name is { } name
            ? new ChatTemplate(name, NativeTemplates.Find(name)!.Renderer, parsed._interpreter, parsed.SpecialTokens, parsed._limits)
            : parsed;
    }

    /// <summary>A built-in native renderer, with the special tokens of its model.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static ChatTemplate Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        NativeTemplate native = NativeTemplates.Find(name)
            ?? throw new ArgumentException($"There is no built-in template '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
        return new ChatTemplate(native.Name, native.Renderer, interpreter: null, native.SpecialTokens, TemplateLimits.Default);
    }

    /// <summary>
    /// Reads the template of a model's folder: a <c>.jinja</c> file, a <c>tokenizer_config.json</c> (one template or several named ones, and its special tokens), or a
    /// folder that holds either.
    /// </summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="templateName">Which of several named templates; null for <c>default</c>, or the only one.</param>
    /// <param name="alwaysInterpreted">Whether a template that has a native renderer is interpreted all the same.</param>
    /// <exception cref="TemplateSyntaxException">The template is no Jinja, or uses what lies outside the subset.</exception>
    /// <exception cref="FormatException">The file holds no template, or none of that name.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ChatTemplate LoadFile(string path, string? templateName = null, bool alwaysInterpreted = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        TemplateFile file = TemplateFile.Read(path, templateName);
        return alwaysInterpreted ? Parse(file.Source, file.SpecialTokens) : Load(file.Source, file.SpecialTokens);
    }

    /// <summary>The text.</summary>
    /// <exception cref="TemplateRenderException">The template, or Python in its place, refuses the input; or a limit was reached.</exception>
    public string Render(TemplateInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Render(input, keepsRuns: false, output => output.ToText());
    }

    /// <summary>The text in pieces that tell where each comes from.</summary>
    /// <inheritdoc cref="Render(TemplateInput)" path="/exception"/>
    public RenderedTemplate RenderPieces(TemplateInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Render(input, keepsRuns: true, output => output.ToPieces());
    }

    /// <summary>The ids of the text.</summary>
    /// <param name="input">What is rendered.</param>
    /// <param name="tokenizer">Gives the ids.</param>
    /// <param name="plainText">
    /// Whether the finished text is tokenized as it stands, which turns control tokens that the caller spells into real ones: only to compare with tools that do so.
    /// Otherwise what the caller wrote stays ordinary text.
    /// </param>
    /// <inheritdoc cref="Render(TemplateInput)" path="/exception"/>
    public int[] RenderIds(TemplateInput input, Tokenizer tokenizer, bool plainText = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return plainText ? tokenizer.EncodeWithSpecials(Render(input)) : RenderPieces(input).ToIds(tokenizer);
    }

    static string Sha256(string source) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)));

    T Render<T>(TemplateInput input, bool keepsRuns, Func<Output, T> take)
    {
        if (input is { AddGenerationPrompt: true, ContinueFinalMessage: true })
            throw new TemplateRenderException(TemplateErrorKind.Call, BothWays);
        if (input.Variables.ContainsKey("messages"))
            throw new TemplateRenderException(TemplateErrorKind.Call, "'messages' is given twice: as the messages and as a variable.");
        string? content = null;
        if (input.ContinueFinalMessage)
            input = input with { Messages = FinalMessage.Append(input.Messages, out content) };
        try
        {
            return Render(_renderer, input, content, keepsRuns, take);
        }
        catch (TemplateRenderException) when (_interpreter is not null && IsNative)
        {
            // A native renderer knows no lines; the template itself says where it fails.
            return Render(_interpreter, input, content, keepsRuns, take);
        }
    }

    T Render<T>(IRenderer renderer, TemplateInput input, string? content, bool keepsRuns, Func<Output, T> take)
    {
        Rendering rendering = new(input, SpecialTokens, _limits, keepsRuns);
        using Output output = rendering.Output;
        try
        {
            renderer.Render(rendering);
            if (content is not null)
                FinalMessage.Cut(output, content);
            return take(output);
        }
        catch (TemplateRenderException e) when (e.Kind != TemplateErrorKind.Call)
        {
            throw new TemplateRenderException(
                e.Kind, e.Reason, rendering.Line > 0 ? rendering.Line : null, rendering.MessageIndex >= 0 ? rendering.MessageIndex : rendering.TouchedMessage >= 0 ? rendering.TouchedMessage : null, e);
        }
    }
}
