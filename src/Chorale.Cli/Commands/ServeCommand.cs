using System.CommandLine;
using System.Runtime.InteropServices;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;
using Chorale.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chorale.Cli;

/// <summary><c>chorale serve</c>: a model behind OpenAI's interfaces.</summary>
static class ServeCommand
{
    /// <summary>More than the server lets in, so that it alone decides who waits.</summary>
    const int EngineQueue = 1 << 20;

    /// <summary>How long a model may be loaded before somebody is told.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    public static Command Create(CliHost host)
    {
        ModelArguments model = new(precision: "fast");
        GeneratorArguments generator = new();
        ServeArguments serving = new();
        Option<FileInfo?> script = new("--script") { Description = "Play a script in place of a model: JSON lines of {\"text\"} or {\"tokens\"}, each an answer.", HelpName = "FILE" };
        Option<string?> name = new("--name") { Description = "What the model is called; without it, what its file says.", HelpName = "ID" };
        Option<string[]> aliases = new("--alias") { Description = "A further name of the model; may stand several times.", HelpName = "ID" };

        Command command = new("serve", "Serve a model: OpenAI's Responses, Chat Completions and Completions.") { script, name, aliases };
        serving.AddTo(command);
        model.AddTo(command);
        generator.AddTo(command, parallel: false);
        command.SetAction(async (line, cancellationToken) =>
        {
            ServerOptions options = serving.Read(line, host.Time);
            GeneratorOptions engine = generator.Read(line) with { Parallel = options.Parallel, QueueLength = EngineQueue };
            FileInfo? played = line.GetValue(script);
            if (played is not null && model.IsGiven(line))
                throw new CliException("--script takes the place of a model: leave out --model.", ExitCodes.Usage);
            using ChatModel opened = await OpenAsync(host, options, () => played is null ? model.Open(line, engine) : Play(played), cancellationToken);
            ServedModel served = new(opened, line.GetValue(name), line.GetValue(aliases));
            Task warming = Task.Run(served.WarmUp, CancellationToken.None);   // a first request needs it: it is ready about when the server is
            await RunAsync(host, options, served, serving.LogsRequests(line), cancellationToken);
            await warming;
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Opens the model. Where that takes long, probes are answered meanwhile, and clients told to come again.</summary>
    static async Task<ChatModel> OpenAsync(CliHost host, ServerOptions options, Func<ChatModel> open, CancellationToken cancellationToken)
    {
        Task<ChatModel> opening = Task.Run(open, CancellationToken.None);
        bool isQuick = await Task.WhenAny(opening, Task.Delay(Patience, host.Time, cancellationToken)) == opening;
        if (isQuick || ListenAddresses.AnyIsChosenBySystem(options.Urls))
            return await opening;
        WebApplication loading = ChoraleServer.BuildLoading(options, builder => Configure(builder, host, logsRequests: false));
        await using (loading)
        {
            await loading.StartAsync(cancellationToken);
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, loading.Lifetime.ApplicationStopping);
            ChatModel opened = await opening.WaitAsync(stop.Token);
            await loading.StopAsync(CancellationToken.None);
            return opened;
        }
    }

    static ChatModel Play(FileInfo script) =>
        ChatModel.Of(Path.GetFileNameWithoutExtension(script.Name), ScriptedGenerator.Load(script.FullName, HarmonyEncoding.Default), HarmonyEncoding.Default);

    static async Task RunAsync(CliHost host, ServerOptions options, ServedModel model, bool logsRequests, CancellationToken cancellationToken)
    {
        WebApplication app = ChoraleServer.Build(options, model, builder => Configure(builder, host, logsRequests));
        await using (app)
        {
            await app.StartAsync(cancellationToken);
            host.Error.WriteLine($"Serving {model.Id} at {string.Join(", ", app.Urls)}. Ctrl-C stops it.");
            using PosixSignalRegistration? impatience = host.OnInterrupt is null ? null : OnSecondInterrupt();
            await app.WaitForShutdownAsync(cancellationToken);
        }
    }

    static void Configure(WebApplicationBuilder builder, CliHost host, bool logsRequests)
    {
        builder.Logging.AddProvider(new LineLoggerProvider(host.Error, host.Time));
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);   // a start that fails is told once, by its exception
        if (logsRequests)
            builder.Logging.AddFilter("Chorale.Server", LogLevel.Information);
    }

    /// <summary>A first Ctrl-C lets running answers finish; a second one is meant.</summary>
    static PosixSignalRegistration OnSecondInterrupt()
    {
        int interrupts = 0;
        return PosixSignalRegistration.Create(PosixSignal.SIGINT, _ =>
        {
            if (Interlocked.Increment(ref interrupts) > 1)
                Environment.Exit(ExitCodes.Interrupted);
        });
    }
}
