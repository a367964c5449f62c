// What a model wrote that is not Harmony, read all the same; and the tool that it meant.
#:project ../src/Chorale.Harmony/Chorale.Harmony.csproj
#:property PublishAot=false

using Chorale.Harmony;

HarmonyEncoding encoding = HarmonyEncoding.Default;
ToolNamespace tools = ToolNamespace.Functions(new ToolDescription("get_weather", "The weather in a city.", JsonSchema.Parse(
    """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""")));

// No <|start|>, a channel twice, the name without its namespace, a bracket too many, the wrong end.
int[] completion = encoding.Tokenizer.EncodeWithSpecials(
    "<|channel|>analysis<|message|>Look it up.<|end|><|channel|>commentary<|channel|>commentary to=get_weather json<|message|>{\"city\":\"Tokyo\"}]<|return|>");

HarmonyParser parser = encoding.CreateParser(Role.Assistant);
parser.Push(completion);
parser.Finish();

foreach (Message message in parser.Messages)
    Console.WriteLine($"{message.Channel}: {message.Text}");
foreach (HarmonyDiagnostic slip in parser.Diagnostics)
    Console.WriteLine($"  {slip}");

CallResolver resolver = new([tools], repairArguments: true);
foreach (HarmonyCall call in resolver.ResolveAll(parser))
    Console.WriteLine($"call {call.Namespace}.{call.Name} with {call.Arguments}");
