using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Harmony.Tests;

/// <summary>Conversations as they happen, and some that should not: the matter of the rules for old reasoning.</summary>
static class AnyConversation
{
    static readonly string?[] Names = [null, null, "functions.f", "python"];

    static readonly ContentPart[] Systems =
    [
        SystemContent.Default, SystemContent.Default.WithPython(), SystemContent.Default with { ChannelConfig = null }, new SystemContent(),
    ];

    static readonly ContentPart[] Developers =
    [
        new DeveloperContent { Instructions = "Be brief." },
        new DeveloperContent().WithFunctions(new ToolDescription("f", "F.", JsonSchema.Parse("""{"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"number"}]}}}"""))),
    ];

    /// <summary>One message; nothing holds its parts together, so calls, results and roles stand on any channel.</summary>
    public static Gen<Message> Message =>
        from role in Gen.Elements(Role.User, Role.Assistant, Role.Assistant, Role.Assistant, Role.Tool, Role.System, Role.Developer)
        from name in Gen.Elements(Names)
        from recipient in Gen.Elements(null, null, null, "functions.f", "assistant", "all", "")
        from channel in Gen.Elements(null, Channels.Analysis, Channels.Analysis, Channels.Final, Channels.Commentary)
        from type in Gen.Elements(null, "<|constrain|>json", "code")
        from content in role switch
        {
            Role.System => Gen.Elements(Systems),
            Role.Developer => Gen.Elements(Developers),
            _ => Gen.Elements("", "yes", "It is 18 °C and sunny.", "생각").Select(text => (ContentPart)new TextContent(text)),
        }
        select new Message
        {
            Author = new Author(role, role == Role.Tool ? name ?? "browser" : name),
            Recipient = recipient,
            Channel = channel,
            ContentType = type,
            Content = [content],
        };

    public static Gen<Conversation> Conversation => Message.ListOf().Resize(14).Select(messages => Harmony.Conversation.Of(messages));

    public static Gen<AnalysisDropping> Rule => Gen.Elements(Enum.GetValues<AnalysisDropping>());

    public static Gen<RenderPurpose> Purpose => Gen.Elements(Enum.GetValues<RenderPurpose>());

    /// <summary>The rendering that a purpose names.</summary>
    public static int[] Render(this HarmonyEncoding encoding, Conversation conversation, RenderOptions? options, RenderPurpose purpose) => purpose switch
    {
        RenderPurpose.Completion => encoding.RenderForCompletion(conversation, Role.Assistant, options),
        RenderPurpose.Conversation => encoding.RenderConversation(conversation, options),
        _ => encoding.RenderForTraining(conversation, options),
    };
}
