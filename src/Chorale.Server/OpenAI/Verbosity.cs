namespace Chorale.Server;

/// <summary>How much a model shall say: gpt-oss has no setting for it, so it is told in words.</summary>
static class Verbosity
{
    /// <summary>The instructions with what <c>verbosity</c> asks for at their end.</summary>
    /// <exception cref="ApiException">It is none of low, medium and high.</exception>
    public static string? AddTo(string? instructions, RequestObject holder) => AddTo(instructions, holder.OptionalChoice("verbosity", "low", "medium", "high"));

    /// <summary>The instructions with what a word asks for at their end.</summary>
    /// <param name="instructions">Null is none.</param>
    /// <param name="verbosity">Null and <c>medium</c> ask for nothing.</param>
    public static string? AddTo(string? instructions, string? verbosity)
    {
        string? told = verbosity switch
        {
            "low" => "Keep the answer as short as it can be.",
            "high" => "Answer at length and in detail.",
            _ => null,
        };
        return told is null ? instructions : string.IsNullOrEmpty(instructions) ? told : $"{instructions}\n\n{told}";
    }
}
