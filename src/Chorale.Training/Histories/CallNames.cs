namespace Chorale.Training;

/// <summary>Remembers calls, to name their results.</summary>
sealed class CallNames
{
    const int MostOpen = 4096;

    readonly List<HistoryCall> _open = [];
    string? _last;

    public void Add(IReadOnlyList<HistoryCall> calls)
    {
        for (int i = 0; i < calls.Count; i++)
        {
            _open.Add(calls[i]);
            _last = calls[i].Name;
        }
        if (_open.Count > MostOpen)
            _open.RemoveRange(0, _open.Count - (MostOpen / 2));   // nobody answers them any more
    }

    /// <summary>The result with the name of the call that it answers: by its id, otherwise the longest open one, otherwise the last.</summary>
    /// <exception cref="HistoryFormatException">No name, and no call to have it from.</exception>
    public HistoryMessage Name(HistoryMessage result, string path, HistoryRepairs repairs, int index)
    {
        int at = result.CallId is { } id ? _open.FindIndex(call => call.Id == id) : -1;
        if (at < 0 && result.Name is { } name)
            at = _open.FindIndex(call => call.Name == name);
        else if (at < 0 && _open.Count > 0)
            at = 0;
        string? found = at >= 0 ? _open[at].Name : _last;
        if (at >= 0)
            _open.RemoveAt(at);
        if (result.Name is not null)
            return result;
        if (found is null)
            throw new HistoryFormatException($"{path}.name", "found nothing, expected the name of the function whose result this is: no call stands before it");
        repairs.Add(HistoryRepairKind.ResultNamed, index, found);
        return result with { Name = found };
    }

    /// <summary>A function's name without Harmony's namespace.</summary>
    public static string Bare(string name) => name.StartsWith("functions.", StringComparison.Ordinal) ? name["functions.".Length..] : name;
}
