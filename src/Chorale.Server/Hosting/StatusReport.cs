namespace Chorale.Server;

/// <summary>What <c>/health</c> and <c>/ready</c> tell.</summary>
/// <param name="Status"><c>ok</c>, <c>ready</c>, <c>stopping</c>.</param>
sealed record StatusReport(string Status);
