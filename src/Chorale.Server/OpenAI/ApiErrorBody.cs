namespace Chorale.Server;

/// <summary>The body of a refusal.</summary>
sealed record ApiErrorBody(ApiError Error);
