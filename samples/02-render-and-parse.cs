// Messages to Harmony ids, and the model's ids back to messages.
#:project ../src/Chorale.Harmony/Chorale.Harmony.csproj
#:property PublishAot=false

using Chorale.Harmony;

HarmonyEncoding encoding = HarmonyEncoding.Default;

// A conversation as gpt-oss was trained to read it: system message, developer message, user.
Conversation conversation = Conversation.Of(
    Message.System(SystemContent.Default.WithDate(new DateOnly(2026, 11, 21))),
    Message.Developer("Answer in one sentence."),
    Message.User("What is the capital of Japan?"));

int[] prompt = encoding.RenderForCompletion(conversation, Role.Assistant);
Console.WriteLine($"{prompt.Length} ids:");
Console.WriteLine(encoding.Tokenizer.Decode(prompt));

// What a model writes next: reasoning on the channel analysis, then the answer on the channel final.
int[] completion = encoding.Tokenizer.EncodeWithSpecials(
    "<|channel|>analysis<|message|>Japan's capital is Tokyo.<|end|><|start|>assistant<|channel|>final<|message|>It is Tokyo.<|return|>");
foreach (Message message in encoding.Parse(completion, Role.Assistant))
    Console.WriteLine($"{message.Channel}: {message.Text}");
