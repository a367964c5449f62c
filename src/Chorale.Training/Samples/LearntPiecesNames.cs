using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>The names of <see cref="LearntPieces"/>.</summary>
public static class LearntPiecesNames
{
    static readonly string[] All = ["everything", "final", "analysis+final", "calls+final"];

    /// <summary>The names, in the order of the values.</summary>
    public static IReadOnlyList<string> Names => All;

    /// <summary>The name of a choice.</summary>
    public static string NameOf(LearntPieces pieces) => All[(int)pieces];

    /// <summary>Reads the name of a choice.</summary>
    public static bool TryParse(string? name, out LearntPieces pieces)
    {
        int index = Array.IndexOf(All, name);
        pieces = index < 0 ? default : (LearntPieces)index;
        return index >= 0;
    }

    /// <summary>Whether a message of the assistant's is learnt.</summary>
    internal static bool Holds(this LearntPieces pieces, Message message)
    {
        bool isCall = message.Recipient is not null;
        bool isAnalysis = !isCall && message.Channel == Channels.Analysis;
        bool isPreamble = !isCall && message.Channel == Channels.Commentary;
        return pieces switch
        {
            LearntPieces.Final => !isCall && !isAnalysis && !isPreamble,
            LearntPieces.AnalysisAndFinal => !isCall && !isPreamble,
            LearntPieces.CallsAndFinal => !isAnalysis,
            _ => true,
        };
    }
}
