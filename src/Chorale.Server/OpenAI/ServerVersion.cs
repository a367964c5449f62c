using System.Reflection;

namespace Chorale.Server;

/// <summary>Which build this is.</summary>
static class ServerVersion
{
    /// <summary>As packages have it: <c>0.1.0</c>.</summary>
    public static string Text { get; } = typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>What OpenAI's APIs call <c>system_fingerprint</c>.</summary>
    public static string Fingerprint { get; } = $"fp_chorale_{Text}";
}
