namespace Chorale.Server;

/// <summary>Why a response failed.</summary>
/// <param name="Code">One word for programs: <c>server_error</c>.</param>
/// <param name="Message">A sentence for people.</param>
sealed record ResponseError(string Code, string Message);
