using System.Runtime.CompilerServices;
using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Tokenization;

namespace Chorale.Chat;

/// <summary>Compiles what a session's options ask of a turn; the last one is kept, as sessions rarely change what they ask.</summary>
sealed class SessionGrammar(HarmonyEncoding encoding)
{
    /// <summary>A vocabulary takes some megabytes and milliseconds to prepare: once for all sessions over it.</summary>
    static readonly ConditionalWeakTable<Tokenizer, GrammarVocabulary> Vocabularies = [];

    Asked? _asked;
    TurnGrammar? _compiled;

    /// <summary>The vocabulary of a tokenizer, prepared for masks.</summary>
    public static GrammarVocabulary VocabularyOf(Tokenizer tokenizer) =>
        ReferenceEquals(tokenizer, Tokenizer.O200kHarmony) ? GrammarVocabulary.O200kHarmony : Vocabularies.GetValue(tokenizer, static key => new(key));

    /// <summary>The turn that the options ask for; null where they ask for no form.</summary>
    /// <param name="options">The session's.</param>
    /// <param name="aliases">The tools' names on the wire.</param>
    /// <exception cref="GrammarException">It cannot be enforced.</exception>
    public TurnGrammar? For(ChatSessionOptions options, ToolAliases aliases)
    {
        Asked asked = new(options.System.Tools, options.Developer?.Tools, options.Answer?.Grammar, options.ToolChoice, options.EnforceTools, options.ToolGrammars, options.ToolWhitespace, options.MaxReasoningTokens == 0);
        bool hasTools = asked.TrainedTools is { Count: > 0 } || asked.Tools is { Count: > 0 };
        bool isFree = options is { Answer: null, MaxReasoningTokens: null, EnforceFormat: false } && options.ToolChoice == HarmonyToolChoice.Auto
            && (options.EnforceTools == ToolEnforcement.Off || !hasTools);
        if (isFree)
            return null;
        if (_compiled is null || asked != _asked)
            (_compiled, _asked) = (TurnGrammarCache.Get(TurnOf(asked, aliases), VocabularyOf(encoding.Tokenizer)), asked);
        return _compiled;
    }

    static HarmonyTurn TurnOf(Asked asked, ToolAliases aliases)
    {
        List<Declared> declared = [];
        Declare(asked.TrainedTools, isTrained: true);
        Declare(asked.Tools, isTrained: false);
        return new()
        {
            Answer = asked.Answer ?? GrammarSource.AnyText,
            Reasoning = asked.IsWithoutReasoning ? HarmonyReasoning.None : HarmonyReasoning.Free,
            Preambles = !asked.IsWithoutReasoning && !asked.Choice.MustCall,
            Tools = [.. declared.Select(tool => tool.OnWire)],
            ToolChoice = ChoiceOnWire(asked.Choice, declared),
        };

        // A name that no header can hold, or that another tool has, could not be called without a constraint either.
        void Declare(IReadOnlyDictionary<string, ToolNamespace>? namespaces, bool isTrained)
        {
            foreach (ToolNamespace tools in namespaces?.Values ?? [])
            {
                IEnumerable<ToolDescription?> functions = tools.Tools;
                if (tools.Tools.Count == 0)
                    functions = [null];
                foreach (ToolDescription? function in functions)
                {
                    string name = function is null ? tools.Name : $"{tools.Name}.{function.Name}";
                    string wire = aliases.Names.GetValueOrDefault(name, name);
                    if (HarmonyTool.IsRecipient(wire) && !declared.Exists(other => other.OnWire.Recipient == wire))
                        declared.Add(new(name, function?.Name ?? tools.Name, ToolOf(wire, name, function, isTrained, asked)));
                }
            }
        }
    }

    static HarmonyTool ToolOf(string recipient, string name, ToolDescription? function, bool isTrained, Asked asked)
    {
        if (asked.Enforcement != ToolEnforcement.Off && (asked.Grammars.TryGetValue(name, out GrammarSource? grammar) || asked.Grammars.TryGetValue(function?.Name ?? name, out grammar)))
            return isTrained ? HarmonyTool.Trained(recipient, grammar) : HarmonyTool.Custom(recipient, grammar);
        GrammarSource arguments = function is null || asked.Enforcement == ToolEnforcement.Off ? GrammarSource.AnyText
            : ArgumentSchema.Of(function.Parameters, new() { Whitespace = asked.Whitespace, Lenient = asked.Enforcement == ToolEnforcement.Lenient });
        HarmonyTool tool = isTrained ? HarmonyTool.Trained(recipient, arguments)
            : function is null ? HarmonyTool.Custom(recipient, GrammarSource.AnyText)
            : new HarmonyTool(recipient, arguments);
        return tool with { IsStrict = asked.Enforcement == ToolEnforcement.Strict };
    }

    /// <summary>The choice by the names on the wire; an unknown name stays, to be refused by it.</summary>
    static HarmonyToolChoice ChoiceOnWire(HarmonyToolChoice choice, List<Declared> declared) =>
        choice.Recipients is not { } names ? choice : HarmonyToolChoice.Allowed(names.Select(name => Find(name, declared)), choice.MustCall);

    static string Find(string name, List<Declared> declared) =>
        (declared.Find(tool => tool.FullName == name) ?? declared.Find(tool => tool.Name == name))?.OnWire.Recipient ?? name;

    /// <summary>A tool under the names that the program knows, and as it stands on the wire.</summary>
    sealed record Declared(string FullName, string Name, HarmonyTool OnWire);

    /// <summary>What of the options makes a difference. Schemas and sources compare by identity or text, which options keep from turn to turn.</summary>
    sealed record Asked(
        IReadOnlyDictionary<string, ToolNamespace>? TrainedTools,
        IReadOnlyDictionary<string, ToolNamespace>? Tools,
        GrammarSource? Answer,
        HarmonyToolChoice Choice,
        ToolEnforcement Enforcement,
        IReadOnlyDictionary<string, GrammarSource> Grammars,
        JsonWhitespace Whitespace,
        bool IsWithoutReasoning);
}
