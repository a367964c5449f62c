namespace Chorale.Templates;

/// <summary>The published templates that have native renderers.</summary>
static class NativeTemplates
{
    static readonly Dictionary<string, string> GptOss = new(StringComparer.Ordinal) { ["bos_token"] = "<|startoftext|>", ["eos_token"] = "<|return|>", ["pad_token"] = "<|endoftext|>" };
    static readonly Dictionary<string, string> Qwen3 = new(StringComparer.Ordinal) { ["eos_token"] = "<|im_end|>", ["pad_token"] = "<|endoftext|>" };
    static readonly Dictionary<string, string> Llama3 = new(StringComparer.Ordinal) { ["bos_token"] = "<|begin_of_text|>", ["eos_token"] = "<|eot_id|>" };

    static readonly NativeTemplate[] All =
    [
        new("gpt-oss", "a4c9919cbbd4acdd51ccffe22da049264b1b73e59055fa58811a99efbd7c8146", GptOss, new GptOssRenderer(GptOssVariant.Current)),
        new("gpt-oss-unsloth", "076aaddd4609ab0f415e0c69828a87aab31b484c91abb08cc3fcefade05d5cf5", GptOss, new GptOssRenderer(GptOssVariant.Unsloth)),
        new("gpt-oss-unsloth-2025-08", "70da0d2348e40aaf8dad05f04a316835fd10547bd7e3392ce337e4c79ba91c01", GptOss, new GptOssRenderer(GptOssVariant.UnslothEarly)),
        new("qwen3", "a55ee1b1660128b7098723e0abcd92caa0788061051c62d51cbe87d9cf1974d8", Qwen3, new Qwen3Renderer(Qwen3Variant.Current)),
        new("qwen3-2025-04", "87a2728cb8dc9fe424d624542f6060ec05a1d285ebbec578bb078900e33396b5", Qwen3, new Qwen3Renderer(Qwen3Variant.Launch)),
        new("qwen3-instruct-2507", "64f85b198065d0fba2a81f37e10ed68161ce2c19a754c7100e67e0ca2ee9c326", Qwen3, new Qwen3Renderer(Qwen3Variant.Instruct2507)),
        new("qwen3-thinking-2507", "3802169b2a02b81e6adb7ab4f64f91ff02db753c8c3a64a01c35192d3a61d8d7", Qwen3, new Qwen3Renderer(Qwen3Variant.Thinking2507)),
        new("llama3", "ba03a121d097859c7b5b9cd03af99aafe95275210d2876f642ad9929a150f122", Llama3, new Llama3Renderer(marksAnswers: false)),
        new("llama3-trl-training", "9dce981e2954cf77d4d0ad2dbacf8006a5fda34a0bdf4923075a933d08b69470", Llama3, new Llama3Renderer(marksAnswers: true)),
        new("llama3.1", "e10ca381b1ccc5cf9db52e371f3b6651576caee0a630b452e2816b2d404d4b65", Llama3, new Llama31Renderer(hasBuiltinTools: true)),
        new("llama3.2", "5816fce10444e03c2e9ee1ef8a4a1ea61ae7e69e438613f3b17b69d0426223a4", Llama3, new Llama31Renderer(hasBuiltinTools: false)),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(native => native.Name)];

    /// <summary>Finds one by its name; Llama 3.3's template is that of 3.1.</summary>
    public static NativeTemplate? Find(string name) => Array.Find(All, native => native.Name == (name == "llama3.3" ? "llama3.1" : name));

    public static NativeTemplate? FindBySha256(string sha256) => Array.Find(All, native => native.Sha256 == sha256);
}
