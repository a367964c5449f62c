namespace Chorale.Harmony;

/// <summary>What every machine that reads Harmony shows of itself; <see cref="HarmonyReader"/> tells what each means.</summary>
abstract class HarmonyMachine
{
    public ParserState State { get; protected set; }

    public abstract Author? Author { get; }

    public abstract Role? Role { get; }

    public abstract string? Channel { get; }

    public abstract string? Recipient { get; }

    public abstract string? ContentType { get; }

    public abstract bool HasDelta { get; }

    public abstract ReadOnlySpan<char> Delta { get; }

    public abstract ReadOnlySpan<char> Content { get; }

    /// <summary>For each complete message how much of its text was a delta.</summary>
    public List<int> Shown { get; } = [];

    public List<Message> Messages { get; } = [];

    public List<MessageSpan> Spans { get; } = [];

    public List<HarmonyDiagnostic> Diagnostics { get; } = [];

    public abstract void Finish(int end);
}
