// A reviewer with two namespaces of tools: it reads with one and writes with the other, which asks first.
// dotnet run samples/09-code-review-agent.cs -- gpt-oss-20b-mxfp4.gguf takes a real model; without one, a script plays what it said.
#:project ../src/Chorale.Agents/Chorale.Agents.csproj
#:property PublishAot=false

using System.Text.Json;
using Chorale.Agents;
using Chorale.Chat;
using Chorale.Harmony;

using ChatModel model = args is [var path, ..] ? ChatModel.Open(path) : ChatModel.Of("script", new ScriptedGenerator(HarmonyEncoding.Default,
    """<|channel|>analysis<|message|>See what changed first.<|end|><|start|>assistant<|channel|>commentary to=repository.diff <|constrain|>json<|message|>{}<|call|>""",
    """<|channel|>analysis<|message|>An off-by-one? Look at the whole file.<|end|><|start|>assistant<|channel|>commentary to=repository.read <|constrain|>json<|message|>{"file":"Sum.cs"}<|call|>""",
    """<|channel|>analysis<|message|>Yes: the last item is left out.<|end|><|start|>assistant<|channel|>commentary<|message|>I found a mistake and note it.<|end|><|start|>assistant<|channel|>commentary to=review.comment <|constrain|>json<|message|>{"file":"Sum.cs","line":4,"text":"`i < items.Length - 1` leaves the last item out: `i < items.Length`."}<|call|>""",
    """<|channel|>commentary to=review.conclude <|constrain|>json<|message|>{"approved":false}<|call|>""",
    """<|channel|>final<|message|>Changes are needed: the loop in Sum.cs leaves out the last item.<|return|>"""), HarmonyEncoding.Default);

Agent agent = new(model, new AgentOptions
{
    Instructions = "You review changes. Read the diff, look at what you need, comment on mistakes, and conclude.",
    Tools =
    [
        new AgentTools("repository", ToolFunction.CreateAll(new Repository(), JsonNamingPolicy.SnakeCaseLower), "What is under review."),
        new AgentTools("review", ToolFunction.CreateAll(new Review(), JsonNamingPolicy.SnakeCaseLower), "What the author will read."),
    ],
    MaxRounds = 10,
    Running = new ToolRunOptions
    {
        // Reading is free; whatever the author will see goes over somebody's desk.
        Approve = (call, _) => ValueTask.FromResult(call.Name == "review.conclude" ? Approval.RefusedBecause("Leave the conclusion to the maintainer.") : Approval.Granted),
    },
});

await foreach (AgentStep step in agent.StreamAsync("Please review my change."))
{
    string? line = step switch
    {
        RoundStarted round => $"\n--- turn {round.Round}",
        ModelStep { Event: { Kind: TurnEventKind.PartCompleted, PartKind: not TurnPartKind.Call, Part: { } part } } => $"{part.Kind}: {part.Text}",
        CallRequested asked => $"→ {asked.Call.Name} {asked.Call.Arguments}",
        CallCompleted done => $"← {done.Result.Outcome}: {done.Result.Text}",
        _ => null,
    };
    if (line is not null)
        Console.WriteLine(line);
}

/// <summary>The change.</summary>
sealed class Repository
{
    readonly Dictionary<string, string> _files = new()
    {
        ["Sum.cs"] = "int Sum(int[] items)\n{\n    int sum = 0;\n    for (int i = 0; i < items.Length - 1; i++)\n        sum += items[i];\n    return sum;\n}",
    };

    /// <summary>The change as a unified diff.</summary>
    public string Diff() =>
        $"--- a/{_files.Keys.Single()}\n+++ b/{_files.Keys.Single()}\n@@ -4 +4 @@\n-    foreach (int item in items)\n+    for (int i = 0; i < items.Length - 1; i++)";

    /// <summary>A file as it is after the change.</summary>
    /// <param name="file">Its path.</param>
    public string Read(string file) => _files.GetValueOrDefault(file) ?? throw new FileNotFoundException($"There is no '{file}'; the change has {string.Join(", ", _files.Keys)}.");
}

/// <summary>What is said of it.</summary>
sealed class Review
{
    readonly List<string> _comments = [];

    /// <summary>Comments on a line.</summary>
    /// <param name="file">The file's path.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="text">What is wrong, and what would be right.</param>
    public string Comment(string file, int line, string text)
    {
        _comments.Add($"{file}:{line}: {text}");
        return $"Noted; there are {_comments.Count} comments.";
    }

    /// <summary>Ends the review.</summary>
    /// <param name="approved">Whether the change may go in.</param>
    public string Conclude(bool approved) => $"{(approved ? "Approved" : "Changes requested")} with {_comments.Count} comments.";
}
