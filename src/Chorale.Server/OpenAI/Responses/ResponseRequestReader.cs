using System.Buffers;
using System.Text.Json;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>Reads the body of <c>POST /v1/responses</c>: types, ranges, what is asked for. Whatever is wrong is named by its path. It knows nothing of HTTP.</summary>
static class ResponseRequestReader
{
    const int MaxStops = 16, MaxMetadata = 64;

    /// <summary>What may stand in <c>include</c>; of these, two make a difference, the others ask for parts of items that are never made.</summary>
    static readonly string[] Includes =
    [
        "reasoning.encrypted_content", "message.output_text.logprobs", "code_interpreter_call.outputs", "computer_call_output.output.image_url", "file_search_call.results",
        "message.input_image.image_url", "web_search_call.action.sources", "web_search_call.results",
    ];

    static readonly JsonElement PlainText = JsonElement.Parse("""{"type":"text"}"""), Auto = JsonElement.Parse("\"auto\""), NoMetadata = JsonElement.Parse("{}");

    /// <summary>Reads a request.</summary>
    /// <param name="body">The body; <see cref="ResponseRequest.Input"/> lives as long as its document.</param>
    /// <param name="options">The limits.</param>
    /// <param name="model">Whose vocabulary grammars are tried over, and how it chooses ids where the request does not say.</param>
    /// <exception cref="ApiException">It cannot be.</exception>
    public static ResponseRequest Read(JsonElement body, ServerOptions options, ServedModel model)
    {
        RequestObject request = RequestObject.Root(body);
        Refuse(request);
        List<string> warnings = [];
        ToolDeclarations tools = ToolDeclarations.Read(request.OptionalArray("tools", options.MaxTools), model.Vocabulary);
        warnings.AddRange(tools.Warnings);
        RequestObject? reasoning = request.OptionalObject("reasoning");
        RequestObject? text = request.OptionalObject("text");
        RequestObject? format = text?.OptionalObject("format");
        HashSet<string> include = ReadInclude(request, warnings);
        int? top = request.OptionalInteger("top_logprobs", 0, 20);
        bool store = request.OptionalBoolean("store") ?? true;
        bool background = request.OptionalBoolean("background") ?? false;
        if (background && !store)
            throw ApiException.Invalid("A response in the background is stored: 'background' needs 'store'.", "background", "invalid_value");
        return new()
        {
            Model = request.OptionalText("model"),
            Input = ReadInput(request.Get("input"), options),
            Instructions = ReadInstructions(request.Get("instructions")),
            PreviousResponseId = request.OptionalText("previous_response_id"),
            Stream = request.OptionalBoolean("stream") ?? false,
            Store = store,
            Background = background,
            MaxOutputTokens = request.OptionalInteger("max_output_tokens", 1),
            MaxToolCalls = request.OptionalInteger("max_tool_calls", 1),
            ParallelToolCalls = request.OptionalBoolean("parallel_tool_calls") ?? true,
            Effort = EffortRequest.Read(reasoning?.Get("effort") ?? request.Get("reasoning_effort")),
            Summary = reasoning?.OptionalChoice("summary", "auto", "concise", "detailed", "none") ?? reasoning?.OptionalChoice("generate_summary", "auto", "concise", "detailed", "none") switch
            {
                "none" => null,
                { } summary => summary,
                null => null,
            },
            KeepsReasoning = reasoning?.OptionalText("context") == "all_turns",
            Format = FormatRequest.Read(format, model.Vocabulary),
            FormatEcho = EchoOfFormat(format),
            Verbosity = text?.OptionalChoice("verbosity", "low", "medium", "high") ?? "medium",
            Tools = tools,
            ToolsEcho = [.. (request.OptionalArray("tools") ?? []).Select(EchoOfTool)],
            ToolChoice = tools.ReadChoice(request.Get("tool_choice"), warnings),
            ToolChoiceEcho = request.Get("tool_choice") is { } choice ? Echo(choice) : Auto,
            Truncates = request.OptionalChoice("truncation", "auto", "disabled") == "auto",
            Sampling = SamplingReader.Read(request, model.DefaultSampling, model.Generator.VocabularySize),
            StopSequences = StopReader.ReadTexts(request, MaxStops),
            Logprobs = top > 0 || include.Contains("message.output_text.logprobs"),
            TopLogprobs = top ?? 0,
            SealsReasoning = include.Contains("reasoning.encrypted_content"),
            Metadata = ReadMetadata(request.OptionalObject("metadata")),
            User = request.OptionalText("user"),
            SafetyIdentifier = request.OptionalText("safety_identifier"),
            PromptCacheKey = request.OptionalText("prompt_cache_key"),
            PromptCacheRetention = request.OptionalText("prompt_cache_retention"),
            ServiceTier = request.OptionalText("service_tier"),
            Warnings = warnings,
        };
    }

    /// <summary>A value that outlives its document and can be written again.</summary>
    /// <exception cref="ApiException">A string in it holds half of a surrogate pair, which has no UTF-8.</exception>
    public static JsonElement Echo(RequestValue value)
    {
        try
        {
            ArrayBufferWriter<byte> buffer = new();
            using (Utf8JsonWriter writer = new(buffer, ServerJson.Relaxed))
                value.Element.WriteTo(writer);
            return JsonElement.Parse(buffer.WrittenSpan, new JsonDocumentOptions { MaxDepth = 1024 });
        }
        catch (InvalidOperationException)
        {
            throw ApiException.Invalid($"Invalid '{value.Path}': a string in it holds half of a surrogate pair.", value.Path, "invalid_string");
        }
    }

    static void Refuse(RequestObject request)
    {
        if (request.Has("conversation"))
            throw ApiException.Unsupported("Conversations are not kept by this server: go on from a response with 'previous_response_id', or send the items again.", "conversation");
        if (request.Has("prompt"))
            throw ApiException.Unsupported("This server keeps no prompt templates: send 'instructions' and 'input'.", "prompt");
    }

    static IReadOnlyList<RequestValue> ReadInput(RequestValue? input, ServerOptions options)
    {
        if (input is not { } value)
            return [];
        if (value.IsArray)
            return value.Array(options.MaxMessages);
        if (!value.IsText)
            throw RequestValue.Wrong(value.Path, "a string or an array of items", value.Element);
        return value.Text().Length == 0 ? [] : [value];
    }

    /// <summary>Instructions are a text; some clients send them as a list of messages.</summary>
    static string? ReadInstructions(RequestValue? instructions)
    {
        if (instructions is not { IsArray: true } list)
            return instructions?.Text();
        return string.Join("\n\n", list.Array().Select(item => item.IsText ? item.Text() : InputText.OfContent(item.Object().Require("content"))));
    }

    static HashSet<string> ReadInclude(RequestObject request, List<string> warnings)
    {
        HashSet<string> include = new(StringComparer.Ordinal);
        foreach (RequestValue value in request.OptionalArray("include") ?? [])
        {
            string name = value.Text();
            include.Add(name);
            if (!Includes.Contains(name))
                warnings.Add($"'{value.Path}' asks for '{RequestValue.Shorten(name)}', which this server does not know.");
        }
        return include;
    }

    static JsonElement ReadMetadata(RequestObject? metadata)
    {
        if (metadata is not { } given)
            return NoMetadata;
        int count = 0;
        foreach (JsonProperty pair in given.Element.EnumerateObject())
        {
            if (++count > MaxMetadata)
                throw ApiException.Invalid($"Invalid '{given.Path}': it has more than {MaxMetadata} entries.", given.Path, "object_above_max_properties");
            new RequestValue(pair.Value, given.PathOf(pair.Name)).Text();
        }
        return Echo(new(given.Element, given.Path));
    }

    static JsonElement EchoOfFormat(RequestObject? format)
    {
        if (format is not { } given)
            return PlainText;
        return given.OptionalText("type") != "json_schema" ? Echo(new(given.Element, given.Path)) : Complete(given, ["description", "strict"]);
    }

    /// <summary>A tool as it was declared; what clients expect of a function stands there also where it is null.</summary>
    static JsonElement EchoOfTool(RequestValue tool)
    {
        RequestObject given = tool.Object();
        return given.OptionalText("type") == "function" && given.Has("name") ? Complete(given, ["description", "parameters", "strict"]) : Echo(tool);
    }

    static JsonElement Complete(RequestObject given, ReadOnlySpan<string> names)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, ServerJson.Relaxed))
        {
            writer.WriteStartObject();
            foreach (JsonProperty member in Echo(new(given.Element, given.Path)).EnumerateObject())
                member.WriteTo(writer);
            foreach (string name in names)
            {
                if (!given.Element.TryGetProperty(name, out _))
                    writer.WriteNull(name);
            }
            writer.WriteEndObject();
        }
        return JsonElement.Parse(buffer.WrittenSpan, new JsonDocumentOptions { MaxDepth = 1024 });
    }
}
