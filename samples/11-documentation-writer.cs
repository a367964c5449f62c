// An agent that documents a library: it looks types up by reflection and writes a page, part by part.
// dotnet run samples/11-documentation-writer.cs -- gpt-oss-20b-mxfp4.gguf takes a real model; without one, a script plays what it said.
#:project ../src/Chorale.Agents/Chorale.Agents.csproj
#:property PublishAot=false

using System.Reflection;
using System.Text;
using System.Text.Json;
using Chorale.Agents;
using Chorale.Chat;
using Chorale.Harmony;

using ChatModel model = args is [var path, ..] ? ChatModel.Open(path) : ChatModel.Of("script", new ScriptedGenerator(HarmonyEncoding.Default,
    """<|channel|>analysis<|message|>Which types are there?<|end|><|start|>assistant<|channel|>commentary to=library.types <|constrain|>json<|message|>{}<|call|>""",
    """<|channel|>analysis<|message|>AgentOptions and ToolRunOptions are what a user sets.<|end|><|start|>assistant<|channel|>commentary to=library.members <|constrain|>json<|message|>{"type":"AgentOptions"}<|call|>""",
    """<|channel|>commentary to=library.members <|constrain|>json<|message|>{"type":"RunOptions"}<|call|>""",
    """<|channel|>analysis<|message|>It is called ToolRunOptions.<|end|><|start|>assistant<|channel|>commentary to=library.members <|constrain|>json<|message|>{"type":"ToolRunOptions"}<|call|>""",
    """<|channel|>commentary to=page.write <|constrain|>json<|message|>{"heading":"How an agent works","text":"`AgentOptions` says what the agent may call (`Tools`), what it is told (`Instructions`) and how many rounds of calls it has (`MaxRounds`)."}<|call|>""",
    """<|channel|>commentary to=page.write <|constrain|>json<|message|>{"heading":"How calls are run","text":"`ToolRunOptions` bounds calls: `Timeout`, `MaxParallel`, `MaxResultLength`; `Approve` is asked before each."}<|call|>""",
    """<|channel|>final<|message|>The page has two parts: how an agent works, and how calls are run.<|return|>"""), HarmonyEncoding.Default);

Page page = new();
Agent agent = new(model, new AgentOptions
{
    Instructions = "You write documentation for programmers: look up what there is, then write a short page. Name only what exists.",
    Tools = [new AgentTools("library", ToolFunction.CreateAll(new Library(typeof(Agent).Assembly), JsonNamingPolicy.SnakeCaseLower)), new AgentTools("page", [ToolFunction.Create(page.Write, "write")])],
});

AgentResult result = await agent.RunAsync("Document the options of this library.");
foreach (ToolResult call in result.Calls)
    Console.WriteLine($"{call.Call.Name} {call.Call.Arguments} → {call.Outcome}");
Console.WriteLine($"\n{page}\n{result.Text}");

/// <summary>An assembly to read in.</summary>
sealed class Library(Assembly assembly)
{
    /// <summary>The names of all public types.</summary>
    public string[] Types() => [.. assembly.GetExportedTypes().Select(type => type.Name)];

    /// <summary>The public properties and methods of a type.</summary>
    /// <param name="type">Its name, without the namespace.</param>
    public string[] Members(string type) =>
        assembly.GetExportedTypes().FirstOrDefault(found => found.Name == type) is { } known
            ? [.. known.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).Where(member => member is PropertyInfo or MethodInfo { IsSpecialName: false }).Select(member => member.ToString()!)]
            : throw new ArgumentException($"there is no public type '{type}'");
}

/// <summary>The page that is written.</summary>
sealed class Page
{
    readonly StringBuilder _markdown = new();

    /// <summary>Adds a part to the page.</summary>
    /// <param name="heading">Its heading.</param>
    /// <param name="text">Its text, in Markdown.</param>
    /// <returns>How long the page is now.</returns>
    public int Write(string heading, string text) => _markdown.Append($"## {heading}\n\n{text}\n\n").Length;

    public override string ToString() => _markdown.ToString();
}
