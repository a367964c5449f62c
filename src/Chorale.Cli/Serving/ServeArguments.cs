using System.CommandLine;
using System.Globalization;
using Chorale.Server;

namespace Chorale.Cli;

/// <summary>The options of <c>chorale serve</c> that say how it serves.</summary>
sealed class ServeArguments
{
    static readonly ServerOptions Standard = new();

    readonly Option<string[]> _urls = new("--urls") { Description = $"Where to listen, several with ';' between; without it, {Standard.Urls[0]}. Port 0 takes a free one.", HelpName = "URL" };
    readonly Option<string[]> _apiKeys = new("--api-key") { Description = $"A key of which each request must bring one; may stand several times. {ApiKeySources.Variable} is another.", HelpName = "KEY" };
    readonly Option<FileInfo?> _apiKeyFile = new("--api-key-file") { Description = "A file with a key a line.", HelpName = "FILE" };
    readonly Option<bool> _allowAnonymous = new("--allow-anonymous") { Description = "Serve without keys also where other machines can reach it." };
    readonly Option<int?> _parallel = Number("--parallel", $"How many requests are answered at the same time; without it, {Standard.Parallel}.", 1, 256);
    readonly Option<int?> _queue = Number("--queue", $"How many more may wait; one more gets 429. Without it, {Standard.QueueLength}.", 0, 1_000_000);
    readonly Option<long?> _maxBody = SharedOptions.Checked(new Option<long?>("--max-body") { Description = $"The largest body in bytes; without it, {Standard.MaxBodyBytes}.", HelpName = "BYTES" }, n => n >= 1024, "at least 1024");
    readonly Option<int?> _maxMessages = Number("--max-messages", $"How many messages a request may hold; without it, {Standard.MaxMessages}.", 1, int.MaxValue);
    readonly Option<int?> _maxTools = Number("--max-tools", $"How many tools it may declare; without it, {Standard.MaxTools}.", 0, int.MaxValue);
    readonly Option<int?> _maxDepth = Number("--max-json-depth", $"How deep its JSON may nest; without it, {Standard.MaxJsonDepth}.", 8, 1000);
    readonly Option<int?> _maxIds = Number("--max-ids", "How many ids an answer may have, whatever the request says.", 1, int.MaxValue);
    readonly Option<double?> _timeout = Seconds("--timeout", "How long an answer may take; then it ends as one that reached its limit.", least: 0.001);
    readonly Option<double?> _shutdownTimeout = Seconds("--shutdown-timeout", $"How long a stop waits for running answers; without it, {Standard.ShutdownTimeout.TotalSeconds}.", least: 0);
    readonly Option<string[]> _cors = new("--cors") { Description = "An origin whose pages may call the server, or '*'; may stand several times. Without it, none may.", HelpName = "ORIGIN" };
    readonly Option<string?> _store = new("--store") { Description = "Where responses are kept: postgres://USER:PASSWORD@HOST/DATABASE; without it in memory, until the end.", HelpName = "URL" };
    readonly Option<string?> _sealKeyFile = new("--seal-key-file") { Description = "The key of reasoning.encrypted_content, made where there is none; without it, one for this run.", HelpName = "FILE" };
    readonly Option<string> _reasoningField = new("--reasoning-field") { Description = "Under which name Chat Completions gives reasoning: both, reasoning, reasoning_content or none.", DefaultValueFactory = _ => "both" };
    readonly Option<bool> _strictModels = new("--strict-model-names") { Description = "Serve under the model's own names only, not also under those of OpenAI's hosted models." };
    readonly Option<bool> _logRequests = new("--log-requests") { Description = "Write a line for each request: method, route, status, time. No header, no content." };
    readonly Option<bool> _logContent = new("--log-content") { Description = "Write the bodies of requests too." };

    public ServeArguments() => _reasoningField.AcceptOnlyFromAmong("both", "reasoning", "reasoning_content", "none");

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_urls, _apiKeys, _apiKeyFile, _allowAnonymous, _parallel, _queue, _maxBody, _maxMessages, _maxTools, _maxDepth, _maxIds, _timeout, _shutdownTimeout,
            _cors, _store, _sealKeyFile, _reasoningField, _strictModels, _logRequests, _logContent])
        {
            command.Add(option);
        }
    }

    /// <summary>How many requests are answered at the same time.</summary>
    public int Parallel(ParseResult line) => line.GetValue(_parallel) ?? Standard.Parallel;

    /// <summary>Whether each request gets a line.</summary>
    public bool LogsRequests(ParseResult line) => line.GetValue(_logRequests) || line.GetValue(_logContent);

    /// <summary>The options.</summary>
    /// <exception cref="CliException">Others could reach the server without a key.</exception>
    public ServerOptions Read(ParseResult line, TimeProvider time)
    {
        List<string> urls = line.GetValue(_urls) is { Length: > 0 } given ? ListenAddresses.Read(given) : [.. Standard.Urls];
        List<string> keys = ApiKeySources.Read(line.GetValue(_apiKeys) ?? [], line.GetValue(_apiKeyFile), Environment.GetEnvironmentVariable(ApiKeySources.Variable));
        if (keys.Count == 0 && !line.GetValue(_allowAnonymous) && ListenAddresses.Reachable(urls).FirstOrDefault() is { } reachable)
            throw new CliException($"other machines can reach {reachable}: give an --api-key, or --allow-anonymous.", ExitCodes.Usage);
        return Standard with
        {
            Urls = urls,
            ApiKeys = keys,
            Parallel = Parallel(line),
            QueueLength = line.GetValue(_queue) ?? Standard.QueueLength,
            MaxBodyBytes = line.GetValue(_maxBody) ?? Standard.MaxBodyBytes,
            MaxMessages = line.GetValue(_maxMessages) ?? Standard.MaxMessages,
            MaxTools = line.GetValue(_maxTools) ?? Standard.MaxTools,
            MaxJsonDepth = line.GetValue(_maxDepth) ?? Standard.MaxJsonDepth,
            MaxOutputTokens = line.GetValue(_maxIds),
            RequestTimeout = line.GetValue(_timeout) is { } timeout ? TimeSpan.FromSeconds(timeout) : null,
            ShutdownTimeout = line.GetValue(_shutdownTimeout) is { } patience ? TimeSpan.FromSeconds(patience) : Standard.ShutdownTimeout,
            CorsOrigins = line.GetValue(_cors) ?? [],
            Store = line.GetValue(_store),
            SealingKey = line.GetValue(_sealKeyFile) is { } file ? SealingKeyFile.ReadOrCreate(file) : default(ReadOnlyMemory<byte>?),   // a plain null would become an empty memory
            ReasoningFields = line.GetValue(_reasoningField) switch
            {
                "reasoning" => ReasoningFields.Reasoning,
                "reasoning_content" => ReasoningFields.ReasoningContent,
                "none" => ReasoningFields.None,
                _ => ReasoningFields.Both,
            },
            StrictModelNames = line.GetValue(_strictModels),
            LogContent = line.GetValue(_logContent),
            TimeProvider = time,
        };
    }

    static Option<int?> Number(string name, string description, int least, int most) => SharedOptions.Checked(
        new Option<int?>(name) { Description = description, HelpName = "N" }, n => n >= least && n <= most,
        most == int.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"at least {least}") : string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}"));

    static Option<double?> Seconds(string name, string description, double least) => SharedOptions.Checked(
        new Option<double?>(name) { Description = description, HelpName = "SECONDS" }, n => n >= least && n <= 1_000_000, string.Create(CultureInfo.InvariantCulture, $"from {least} to 1000000"));
}
