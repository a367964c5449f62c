using Chorale.Harmony;
using Microsoft.Extensions.AI;

namespace Chorale.Agents;

/// <summary>A call that the model asks for.</summary>
public sealed record ToolCall
{
    /// <summary>Names it among all calls of a run: <c>call_</c>, the round and its place there.</summary>
    public required string Id { get; init; }

    /// <summary>Its place among the calls of its round, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The call as the model made it.</summary>
    public required HarmonyCall Harmony { get; init; }

    /// <summary>What is called; null where there is no such function.</summary>
    public AIFunction? Function { get; init; }

    /// <summary>The tool's name with its namespace, as declared; where it is not, what the model wrote.</summary>
    public string Name => Harmony.Namespace is null ? Harmony.Name : Harmony.Tool is null ? Harmony.Namespace : $"{Harmony.Namespace}.{Harmony.Tool.Name}";

    /// <summary>The arguments: JSON, where the model did not fail.</summary>
    public string Arguments => Harmony.Arguments;
}
