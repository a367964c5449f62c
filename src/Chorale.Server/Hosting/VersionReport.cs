namespace Chorale.Server;

/// <summary>What <c>/version</c> tells.</summary>
sealed record VersionReport(string Version);
