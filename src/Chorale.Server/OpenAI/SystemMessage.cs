using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>The system message of a request: gpt-oss' own, with the day and the effort.</summary>
static class SystemMessage
{
    /// <summary>What it says.</summary>
    /// <param name="effort">How hard the model shall think.</param>
    /// <param name="time">Whose day it names.</param>
    public static SystemContent Of(EffortRequest effort, TimeProvider time) =>
        (SystemContent.Default with { ReasoningEffort = effort.Effort }).WithDate(DateOnly.FromDateTime(time.GetLocalNow().DateTime));
}
