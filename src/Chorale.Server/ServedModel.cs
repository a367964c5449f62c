using System.Text.RegularExpressions;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>The model that a server serves, and the names it answers to. Threads may share it; it does not own the model.</summary>
public sealed partial class ServedModel
{
    readonly HashSet<string> _names;
    readonly ChatModel _model;

    /// <summary>Serves a model.</summary>
    /// <param name="model">The model; it stays the caller's.</param>
    /// <param name="id">What it is called; null takes the model's name in small letters, with hyphens.</param>
    /// <param name="aliases">Further names.</param>
    public ServedModel(ChatModel model, string? id = null, IEnumerable<string>? aliases = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        Id = id ?? IdOf(model.Name);
        DefaultSampling = model.IsEmbedded ? SamplingOptions.Greedy : new();
        _names = new([Id, model.Name, "default", .. aliases ?? []], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>What it is called.</summary>
    public string Id { get; }

    /// <summary>The engine.</summary>
    public ITokenGenerator Generator => _model.Generator;

    /// <summary>Renders and parses.</summary>
    public HarmonyEncoding Encoding => _model.Encoding;

    /// <summary>Its vocabulary, prepared for masks at the first use.</summary>
    public GrammarVocabulary Vocabulary => _model.Vocabulary;

    /// <summary>How many ids prompt and answer may have together.</summary>
    public int ContextLength => Generator.ContextLength;

    /// <summary>How ids are chosen where a request does not say; greedy for the embedded model, which is at its best so.</summary>
    public SamplingOptions DefaultSampling { get; }

    /// <summary>What the engine has done; all zero where it is not of this project.</summary>
    public GeneratorStatistics Statistics => _model.Statistics;

    /// <summary>Whether it answers to a name.</summary>
    /// <param name="name">The name that a request has.</param>
    /// <param name="strict">Whether only its own names count, and not those of OpenAI's hosted models.</param>
    public bool Answers(string name, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _names.Contains(name) || (!strict && HostedName().IsMatch(name));
    }

    /// <summary>A conversation with it.</summary>
    public ChatSession NewSession(ChatSessionOptions options) => new(Generator, Encoding, options);

    /// <summary>Prepares what a first request would wait for.</summary>
    public void WarmUp() => _ = Vocabulary;

    static string IdOf(string name) => NotInIds().Replace(name.Trim(), "-").ToLowerInvariant();

    [GeneratedRegex(@"[^A-Za-z0-9._:/-]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotInIds();

    [GeneratedRegex(@"^(openai/)?(gpt-|chatgpt-|o[1-9](-|$)|codex-)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostedName();
}
