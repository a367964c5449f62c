using System.Globalization;

namespace Chorale.Server;

/// <summary>A request that is refused: status and error as OpenAI's APIs have them.</summary>
public sealed class ApiException(int status, string message, string? param = null, string? code = null, string type = "invalid_request_error", Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The field that is to blame; null is none.</summary>
    public string? Param { get; } = param;

    /// <summary>What programs act on; null is none.</summary>
    public string? Code { get; } = code;

    /// <summary>The kind of error.</summary>
    public string Type { get; } = type;

    /// <summary>After how long it may be tried again; null says nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    internal ApiError Error => new(Message, Type, Param, Code);

    /// <summary>400: what the request holds cannot be.</summary>
    public static ApiException Invalid(string message, string? param = null, string? code = null) => new(400, message, param, code);

    /// <summary>400: a field is missing.</summary>
    public static ApiException Missing(string param) => new(400, $"Missing required parameter: '{param}'.", param, "missing_required_parameter");

    /// <summary>400: a field that this server does not know how to serve.</summary>
    public static ApiException Unsupported(string message, string param) => new(400, message, param, "unsupported_parameter");

    /// <summary>404: no such thing.</summary>
    public static ApiException NotFound(string message, string? param = null, string? code = "not_found") => new(404, message, param, code);

    /// <summary>404: no such model.</summary>
    public static ApiException ModelNotFound(string model) => new(404, $"The model '{model}' does not exist or you do not have access to it.", "model", "model_not_found");

    /// <summary>400: the prompt does not fit.</summary>
    public static ApiException ContextLengthExceeded(int promptTokens, int contextLength, string? param) => new(
        400,
        string.Create(CultureInfo.InvariantCulture, $"This model's maximum context length is {contextLength} tokens. However, your messages resulted in {promptTokens} tokens. Please reduce the length of the messages."),
        param,
        "context_length_exceeded");

    /// <summary>429: as many requests wait as may.</summary>
    public static ApiException RateLimited(TimeSpan retryAfter)
    {
        int seconds = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds));
        return new(429, string.Create(CultureInfo.InvariantCulture, $"The server is busy: as many requests wait as may. Please try again in {seconds}s."), null, "rate_limit_exceeded", "rate_limit_error")
        {
            RetryAfter = TimeSpan.FromSeconds(seconds),
        };
    }
}
