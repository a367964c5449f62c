using Chorale.Inference;
using Microsoft.Extensions.AI;

namespace Chorale.Chat;

/// <summary>A model as the interfaces of Microsoft.Extensions.AI.</summary>
public static class ChatModelExtensions
{
    /// <summary>A chat client over the model, which stays the caller's.</summary>
    /// <param name="model">Who answers.</param>
    /// <param name="options">Null takes the defaults, and for the embedded model, which is at its best so, greedy sampling.</param>
    public static IChatClient AsChatClient(this ChatModel model, ChoraleChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new();
        if (model.IsEmbedded && options.Session.Sampling == new SamplingOptions())
            options = options with { Session = options.Session with { Sampling = SamplingOptions.Greedy } };
        return new ChoraleChatClient(model, options);
    }
}
