using System.Globalization;
using System.Text.Json;
using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Server;

/// <summary>Reads requests of Completions.</summary>
static class TextCompletionReader
{
    /// <summary>What OpenAI's API takes where nothing is said.</summary>
    const int DefaultMaxTokens = 16;

    /// <summary>Reads one.</summary>
    /// <exception cref="ApiException">Something is not as it must be; <c>param</c> names the place.</exception>
    public static TextCompletionRequest Read(RequestObject request, ServerState state)
    {
        (ServedModel model, ServerOptions options) = (state.Model, state.Options);
        if (request.OptionalText("model") is { Length: > 0 } name)
            state.RequireModel(name);
        if (request.Get("suffix") is { } suffix && suffix.Text().Length > 0)
            throw ApiException.Unsupported("Unsupported 'suffix': the model cannot fill in.", suffix.Path);
        int choices = request.OptionalInteger("n", 1, options.MaxChoices) ?? 1;
        if (request.OptionalInteger("best_of") is { } bestOf && bestOf != choices)
            throw ApiException.Unsupported("Unsupported 'best_of': answers are not ranked. Expected the same as 'n'.", request.PathOf("best_of"));
        bool echo = request.OptionalBoolean("echo") ?? false;
        int? logprobs = ReadLogprobs(request);
        if (echo && logprobs is not null)
            throw ApiException.Unsupported("Unsupported 'logprobs' with 'echo': log-probabilities of the prompt are not computed.", request.PathOf("logprobs"));
        IReadOnlyList<TextPrompt> prompts = ReadPrompts(request, model, options);
        if ((long)prompts.Count * choices > options.MaxChoices)
            throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Invalid 'prompt': {prompts.Count} prompts with {choices} answers each are too many. Expected at most {options.MaxChoices} answers."), request.PathOf("prompt"), "array_above_max_length");
        return new()
        {
            Prompts = prompts,
            Choices = choices,
            MaxTokens = request.Has("max_tokens") ? SamplingReader.ReadLimit(request, "max_tokens", 0) : DefaultMaxTokens,
            Sampling = SamplingReader.Read(request, model.DefaultSampling, model.Generator.VocabularySize),
            StopSequences = StopReader.ReadTexts(request),
            StopTokenIds = StopReader.ReadIds(request, model.Generator.VocabularySize),
            IgnoresEnd = request.OptionalBoolean("ignore_eos") ?? false,
            IncludesStop = request.OptionalBoolean("include_stop_str_in_output") ?? false,
            SkipsSpecials = request.OptionalBoolean("skip_special_tokens") ?? true,
            Echo = echo,
            TopLogprobs = logprobs,
            Format = GuidedReader.Read(request)?.Grammar,
            ReturnsTokenIds = request.OptionalBoolean("return_token_ids") ?? false,
            Stream = request.OptionalBoolean("stream") ?? false,
            IncludesUsage = request.OptionalObject("stream_options") is { } stream && stream.OptionalBoolean("include_usage") == true,
        };
    }

    /// <summary>A number of rivals, or as in Chat a yes or no.</summary>
    static int? ReadLogprobs(RequestObject request) => request.Get("logprobs") switch
    {
        null or { Kind: JsonValueKind.False } => null,
        { Kind: JsonValueKind.True } => 0,
        _ => request.OptionalInteger("logprobs", 0, 20),
    };

    static List<TextPrompt> ReadPrompts(RequestObject request, ServedModel model, ServerOptions options)
    {
        RequestValue prompt = request.Require("prompt");
        PromptReader reader = new(model, request.OptionalBoolean("parse_special") ?? true);
        if (!prompt.IsArray)
            return [reader.Text(prompt)];
        bool isOne = prompt.Element.GetArrayLength() == 0 || prompt.Element[0].ValueKind == JsonValueKind.Number;
        return isOne ? [reader.Ids(prompt)] : [.. prompt.Array(options.MaxChoices).Select(item => item.IsArray ? reader.Ids(item) : reader.Text(item))];
    }

    /// <summary>Reads prompts into ids.</summary>
    sealed class PromptReader(ServedModel model, bool parsesSpecials)
    {
        readonly HashSet<string> _specials = parsesSpecials ? [.. model.Encoding.Tokenizer.SpecialTokens.Keys] : [];

        public TextPrompt Text(RequestValue value)
        {
            string text = value.Text();
            Tokenizer tokenizer = model.Encoding.Tokenizer;
            return new(Check(parsesSpecials ? tokenizer.EncodeWithSpecials(text, _specials) : tokenizer.Encode(text), value.Path), text);
        }

        public TextPrompt Ids(RequestValue list)
        {
            int vocabularySize = model.Generator.VocabularySize;
            return new(Check([.. list.Array().Select(id => (int)id.Integer(0, vocabularySize - 1))], list.Path), Text: null);
        }

        /// <summary>An empty prompt begins a text, as at OpenAI.</summary>
        int[] Check(int[] ids, string path)
        {
            if (ids.Length == 0)
                return model.Encoding.Tokenizer.TryGetSpecial("<|endoftext|>", out int id) ? [id] : throw ApiException.Invalid($"Invalid '{path}': expected at least one id.", path, "invalid_value");
            return ids.Length < model.ContextLength ? ids : throw ApiException.ContextLengthExceeded(ids.Length, model.ContextLength, path);
        }
    }
}
