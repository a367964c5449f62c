using Chorale.Harmony;
using Chorale.Inference;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Chorale.Chat;

/// <summary>Models and chat clients in a container.</summary>
public static class ChoraleServiceCollectionExtensions
{
    /// <summary>
    /// Adds a model, once for the whole program: <see cref="ChatModel"/>, <see cref="ITokenGenerator"/>, <see cref="HarmonyEncoding"/>, and <see cref="IChatClient"/>. It is opened when
    /// it is first asked for, and disposed of with the container.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="modelPath">A GGUF file, the first file of a split one, or a folder of safetensors; null opens the embedded model.</param>
    /// <param name="configure">Sets the rest; what it sets stands above <paramref name="modelPath"/>.</param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddChorale(this IServiceCollection services, string? modelPath = null, Action<ChoraleModelOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ChoraleModelOptions options = Read(modelPath, configure);
        services.TryAddSingleton(_ => Open(options));
        services.TryAddSingleton(provider => provider.GetRequiredService<ChatModel>().Generator);
        services.TryAddSingleton(provider => provider.GetRequiredService<ChatModel>().Encoding);
        services.TryAddSingleton(provider => ClientOf(provider, provider.GetRequiredService<ChatModel>(), options));
        return services;
    }

    /// <summary>Adds a model under a key: <see cref="ChatModel"/>, <see cref="ITokenGenerator"/>, <see cref="HarmonyEncoding"/>, and <see cref="IChatClient"/>, all of them under the key alone.</summary>
    /// <param name="services">The container.</param>
    /// <param name="serviceKey">The key.</param>
    /// <param name="modelPath">As for <see cref="AddChorale"/>.</param>
    /// <param name="configure">As for <see cref="AddChorale"/>.</param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddKeyedChorale(this IServiceCollection services, object serviceKey, string? modelPath = null, Action<ChoraleModelOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(serviceKey);
        ChoraleModelOptions options = Read(modelPath, configure);
        services.TryAddKeyedSingleton(serviceKey, (_, _) => Open(options));
        services.TryAddKeyedSingleton(serviceKey, (provider, key) => provider.GetRequiredKeyedService<ChatModel>(key).Generator);
        services.TryAddKeyedSingleton(serviceKey, (provider, key) => provider.GetRequiredKeyedService<ChatModel>(key).Encoding);
        services.TryAddKeyedSingleton(serviceKey, (provider, key) => ClientOf(provider, provider.GetRequiredKeyedService<ChatModel>(key), options));
        return services;
    }

    /// <summary>Adds a chat client over the generator and encoding that the container has: for generators of other engines, and scripted ones.</summary>
    /// <param name="services">The container; <see cref="ITokenGenerator"/> and <see cref="HarmonyEncoding"/> are asked for when the client is.</param>
    /// <param name="options">Null takes the defaults.</param>
    /// <param name="modelName">What the model is called in responses.</param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddChoraleChatClient(this IServiceCollection services, ChoraleChatClientOptions? options = null, string modelName = "gpt-oss")
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<IChatClient>(provider => new ChoraleChatClient(
            provider.GetRequiredService<ITokenGenerator>(), provider.GetRequiredService<HarmonyEncoding>(), options ?? Defaults(provider), modelName));
        return services;
    }

    static ChoraleModelOptions Read(string? modelPath, Action<ChoraleModelOptions>? configure)
    {
        ChoraleModelOptions options = new() { ModelPath = modelPath };
        configure?.Invoke(options);
        return options;
    }

    static ChatModel Open(ChoraleModelOptions options) =>
        options.ModelPath is { } path ? ChatModel.Open(path, options.Engine, options.Generator) : ChatModel.OpenEmbedded(options.Engine, options.Generator);

    static IChatClient ClientOf(IServiceProvider provider, ChatModel model, ChoraleModelOptions options) => model.AsChatClient(options.Client ?? Defaults(provider));

    /// <summary>The container's clock, where it has one.</summary>
    static ChoraleChatClientOptions Defaults(IServiceProvider provider) => new() { TimeProvider = provider.GetService<TimeProvider>() ?? TimeProvider.System };
}
