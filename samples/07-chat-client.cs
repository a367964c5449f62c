// gpt-oss behind IChatClient, out of a container: five lines.
#:project ../src/Chorale.Chat/Chorale.Chat.csproj
#:package Microsoft.Extensions.DependencyInjection
#:property PublishAot=false

using Chorale.Chat;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

ServiceCollection services = new();
services.AddChorale();                              // AddChorale("gpt-oss-20b-mxfp4.gguf") for the real one
using ServiceProvider provider = services.BuildServiceProvider();
IChatClient client = provider.GetRequiredService<IChatClient>();
Console.WriteLine(await client.GetResponseAsync("What is 17 + 25?"));

// The same, as it is written. Reasoning is content of its own (TextReasoningContent), no part of the text; the usage comes last.
await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("What is the capital of Japan?"))
{
    Console.Write(update.Text);
    if (update.Contents is [UsageContent { Details: { } usage }])
        Console.WriteLine($"\n{usage.InputTokenCount} ids in, {usage.CachedInputTokenCount} of them known already; {usage.OutputTokenCount} out, {usage.ReasoningTokenCount} of them reasoning.");
}
