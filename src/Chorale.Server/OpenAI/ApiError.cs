namespace Chorale.Server;

/// <summary>An error as OpenAI's APIs write it.</summary>
/// <param name="Message">For people.</param>
/// <param name="Type">The kind: <c>invalid_request_error</c>, <c>server_error</c>, …</param>
/// <param name="Param">The field that is to blame; null is none.</param>
/// <param name="Code">For programs; null is none.</param>
sealed record ApiError(string Message, string Type, string? Param, string? Code);
