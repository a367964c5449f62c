using System.ClientModel;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;
using Chorale.Server;
using Microsoft.AspNetCore.Builder;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Chorale.Clients.Tests;

/// <summary>A server in this process on a free port of this machine, as clients meet it.</summary>
sealed class LiveServer : IAsyncDisposable
{
    /// <summary>What the served model is called.</summary>
    public const string Model = "gpt-oss-test";

    readonly WebApplication _app;
    readonly ChatModel? _owned;

    LiveServer(WebApplication app, ITokenGenerator generator, ChatModel? owned)
    {
        (_app, _owned, Generator) = (app, owned, generator);
        Address = new(new Uri(app.Urls.First()), "/v1/");
    }

    /// <summary>The base address of the API.</summary>
    public Uri Address { get; }

    /// <summary>The engine behind it.</summary>
    public ITokenGenerator Generator { get; }

    /// <summary>What the engine was asked.</summary>
    public IReadOnlyList<GenerationRequest> Requests => ((ScriptedGenerator)Generator).Requests;

    /// <summary>What the SDK is told, and no more than that.</summary>
    public OpenAIClientOptions ClientOptions => new() { Endpoint = Address };

    public OpenAIClient Client => new(new ApiKeyCredential("not-needed"), ClientOptions);

    public ChatClient Chat => Client.GetChatClient(Model);

    public ResponsesClient Responses => Client.GetResponsesClient();

    /// <summary>A server that plays these texts in order, in which control tokens are spelled out.</summary>
    public static Task<LiveServer> PlayAsync(params string[] answers) => StartAsync(new ScriptedGenerator(HarmonyEncoding.Default, answers));

    public static Task<LiveServer> StartAsync(ITokenGenerator generator, ServerOptions? options = null) =>
        StartAsync(ChatModel.Of(Model, generator, HarmonyEncoding.Default), options, owned: null);

    /// <summary>A server of the model that comes with the program.</summary>
    public static Task<LiveServer> ServeEmbeddedAsync(ServerOptions? options = null)
    {
        ChatModel model = ChatModel.OpenEmbedded();
        return StartAsync(model, options, model);
    }

    /// <summary>The prompt of a request as text.</summary>
    public string PromptOf(int request) => HarmonyEncoding.Default.Tokenizer.DecodeLossy(Requests[request].Prompt.Span);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _owned?.Dispose();
    }

    static async Task<LiveServer> StartAsync(ChatModel model, ServerOptions? options, ChatModel? owned)
    {
        WebApplication app = ChoraleServer.Build((options ?? new()) with { Urls = ["http://127.0.0.1:0"] }, new ServedModel(model));
        await app.StartAsync();
        return new(app, model.Generator, owned);
    }
}
