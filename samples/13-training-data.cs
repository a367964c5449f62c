// A conversation as dictionaries to samples to train on, and what of them is learnt.
#:project ../src/Chorale.Training/Chorale.Training.csproj
#:property PublishAot=false

using Chorale.Harmony;
using Chorale.Training;

// As people keep histories: arguments in a string, nulls that Arrow left, a result without a name.
const string Json = """
    {"messages":[
      {"role":"user","content":"Weather in Oslo?","thinking":null},
      {"role":"assistant","content":null,"thinking":"Look it up.","tool_calls":[{"id":"1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"Oslo\"}"}}]},
      {"role":"tool","tool_call_id":"1","content":"sunny, 18 °C"},
      {"role":"assistant","content":"Sunny, 18 °C.","thinking":null},
      {"role":"user","content":"And what to wear?","thinking":null},
      {"role":"assistant","content":"A light jacket.","thinking":"18 °C is mild."}],
     "tools":[{"type":"function","function":{"name":"weather","description":"The weather in a city.","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}]}
    """;

HistoryRepairs repairs = new();
History history = HistoryReader.Read(Json, repairs);
foreach (HistoryRepair repair in repairs.List)
    Console.WriteLine(repair);

// One sample for each turn: older reasoning is gone, and only the turn's own messages are learnt, their terminators included.
Conversation conversation = HistoryConverter.ToConversation(history, new() { Date = new DateOnly(2026, 11, 21) });
foreach (TrainingSample sample in new SampleBuilder().Build(conversation))
{
    Console.WriteLine($"\nturn {sample.Turn}: {sample.Ids.Length} ids, {sample.TrainedCount} learnt; labels end in {string.Join(", ", sample.ToLabels()[^3..])}");
    foreach (SampleSegment segment in sample.ToSegments(HarmonyEncoding.Default))
        Console.WriteLine($"{(segment.IsTrained ? "learnt    " : "          ")}{segment.Text.ReplaceLineEndings(" ")}");
}
