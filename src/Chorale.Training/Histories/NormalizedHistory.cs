namespace Chorale.Training;

/// <summary>A history as every template takes it, and what was done for that.</summary>
/// <param name="History">The history.</param>
/// <param name="Json">The same as dictionaries.</param>
/// <param name="Repairs">Each repair, in order.</param>
public sealed record NormalizedHistory(History History, string Json, IReadOnlyList<HistoryRepair> Repairs);
