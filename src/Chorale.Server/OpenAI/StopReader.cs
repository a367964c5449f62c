using System.Globalization;

namespace Chorale.Server;

/// <summary>Reads what ends an answer.</summary>
static class StopReader
{
    const int MaxTexts = 4, MaxIds = 64, MaxCharacters = 4096;

    /// <summary>Reads <c>stop</c>: a text, or several; empty ones end nothing.</summary>
    /// <param name="request">The whole request.</param>
    /// <param name="most">How many there may be.</param>
    /// <exception cref="ApiException">It is neither.</exception>
    public static IReadOnlyList<string> ReadTexts(RequestObject request, int most = MaxTexts)
    {
        if (request.Get("stop") is not { } stop)
            return [];
        List<string> texts = [];
        foreach (RequestValue value in stop.IsArray ? stop.Array(most) : [stop])
        {
            string text = value.Text();
            if (text.Length > MaxCharacters)
                throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Invalid '{value.Path}': string too long. Expected at most {MaxCharacters} characters, but got {text.Length} instead."), value.Path, "string_above_max_length");
            if (text.Length > 0)
                texts.Add(text);
        }
        return texts;
    }

    /// <summary>Reads <c>stop_token_ids</c>.</summary>
    /// <exception cref="ApiException">It is no list of ids.</exception>
    public static IReadOnlyList<int> ReadIds(RequestObject request, int vocabularySize) =>
        [.. (request.OptionalArray("stop_token_ids", MaxIds) ?? []).Select(id => (int)id.Integer(0, vocabularySize - 1))];
}
