using System.Diagnostics;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.TestKit;

namespace Chorale.Clients.Tests;

/// <summary>Clients that run on Node: each file of <c>tests/clients</c> against a server that plays <c>script.jsonl</c>.</summary>
public class NodeClientTests
{
    const int OldestNode = 20;

    static readonly string Folder = Path.Combine(TestData.RepositoryRoot, "tests", "clients");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.test.mjs").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <summary>Why they cannot run here; null where they can.</summary>
    static string? Missing { get; } =
        NodeProgram.Path is null ? "Node is not installed."
        : NodeProgram.Version < OldestNode ? $"Node {OldestNode} or later is needed, not {NodeProgram.Version}."
        : !Directory.Exists(Path.Combine(Folder, "node_modules", "openai")) ? "The clients are not installed: 'npm ci --prefix tests/clients' does it."
        : null;

    [Theory, MemberData(nameof(Files))]
    public async Task All_tests_of_a_Node_client_pass(string file)
    {
        Assert.SkipUnless(Missing is null, Missing ?? "");
        ScriptedGenerator generator = ScriptedGenerator.Load(Path.Combine(Folder, "script.jsonl"), HarmonyEncoding.Default);
        await using LiveServer server = await LiveServer.StartAsync(generator);
        ProcessStartInfo start = NodeProgram.Start(Folder, "--test", "--test-reporter=spec", file);
        start.Environment["OPENAI_BASE_URL"] = server.Address.ToString().TrimEnd('/');
        start.Environment["OPENAI_API_KEY"] = "not-needed";
        start.Environment.Remove("NODE_OPTIONS");

        using Process node = Process.Start(start)!;
        node.StandardInput.Close();
        Task<string> output = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(node.ExitCode == 0, $"{await output}\n{await errors}");
    }
}
