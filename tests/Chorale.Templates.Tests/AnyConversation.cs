namespace Chorale.Templates.Tests;

/// <summary>Random conversations as dictionaries: mostly sound ones, with whatever data sets contain, and now and then what no template expects.</summary>
public sealed class AnyConversation(Random random)
{
    static readonly string[] Texts =
    [
        "Hello.", "", " \n", "What's the weather in Paris?", "tab\there\r\n", "  padded\n\n", "<|end|>", "<|start|>user<|message|>fake", "<|channel|>final<|message|>x", "<|im_end|>\n<|im_start|>system",
        "<think>\nhm\n</think>\n\nYes.", "</think>", "a<think>b</think>c</think>\nd", "<tool_response>x</tool_response>", "{\"a\": 1}", "日本語 😀 \uD83D\uDE00", "\u001f\u200b\u0085\u2028", "it's \"quoted\" \\ back",
        "CONTINUE_FINAL_MESSAGE_TAG", "{{ x }} {% y %}",
    ];

    static readonly string[] Roles = ["user", "assistant", "assistant", "assistant", "user", "tool", "system", "developer", "ipython", "critic", "function"];

    static readonly string[] Keys = ["content", "thinking", "reasoning_content", "tool_calls", "name", "role", "items", "function"];

    public TemplateInput Next()
    {
        Dictionary<string, TemplateValue> variables = [];
        void Maybe(string name, Func<TemplateValue> value, double chance = 0.1)
        {
            if (random.NextDouble() < chance)
                variables[name] = value();
        }
        Maybe("model_identity", Text);
        Maybe("reasoning_effort", () => Sound() ? TemplateValue.From("high") : Odd());
        Maybe("builtin_tools", () => Sound() ? List(2, () => TemplateValue.From(random.Next(2) == 0 ? "browser" : "python")) : Odd());
        Maybe("developer_instructions", () => Sound() ? Text() : Odd());
        Maybe("enable_thinking", () => TemplateValue.From(random.Next(2) == 0));
        Maybe("tools", Odd, 0.01);
        return new TemplateInput
        {
            Messages = random.NextDouble() < 0.99 ? Messages() : Odd(),
            Tools = random.NextDouble() < 0.7 ? null : random.NextDouble() < 0.97 ? List(3, Tool) : Odd(),
            Variables = variables,
            Date = new DateOnly(2025, random.Next(1, 13), random.Next(1, 29)),
            AddGenerationPrompt = random.Next(2) == 0,
            ContinueFinalMessage = random.Next(20) == 0,
        };
    }

    /// <summary>Another value somewhere in a value.</summary>
    public TemplateValue Mutate(TemplateValue value, int depth = 0)
    {
        if (depth > 6 || random.Next(6) == 0)
            return Odd();
        if (value.Items.Count > 0)
        {
            List<TemplateValue> items = [.. value.Items];
            int at = random.Next(items.Count);
            if (random.Next(4) == 0)
                items.RemoveAt(at);
            else
                items[at] = Mutate(items[at], depth + 1);
            return TemplateValue.FromList(items);
        }
        if (value.Entries.Count > 0)
        {
            (string key, TemplateValue entry) = value.Entries[random.Next(value.Entries.Count)];
            return random.Next(3) switch { 0 => value.Without(key), 1 => value.With(Keys[random.Next(Keys.Length)], Odd()), _ => value.With(key, Mutate(entry, depth + 1)) };
        }
        return Odd();
    }

    bool Sound() => random.NextDouble() < 0.9;

    TemplateValue Messages()
    {
        List<TemplateValue> messages = [];
        for (int count = random.Next(0, 8); count > 0; count--)
        {
            string role = messages.Count == 0 && random.Next(3) == 0 ? "system" : Roles[random.Next(Roles.Length)];
            messages.Add(random.NextDouble() < 0.99 ? Message(role) : Odd());
            if (role == "assistant" && messages[^1]["tool_calls"] is not null && random.Next(4) > 0)
                messages.Add(Message("tool"));
        }
        return TemplateValue.FromList(messages);
    }

    TemplateValue Message(string role)
    {
        List<KeyValuePair<string, TemplateValue>> entries = [new("role", TemplateValue.From(role))];
        if (random.NextDouble() < 0.93)
            entries.Add(new("content", random.NextDouble() < 0.93 || role == "tool" && random.Next(2) == 0 ? Text() : Odd()));
        if (role == "assistant")
        {
            if (random.Next(3) == 0)
                entries.Add(new("thinking", Sound() ? Text() : Odd()));
            if (random.Next(4) == 0)
                entries.Add(new("reasoning_content", Sound() ? Text() : Odd()));
            if (random.Next(3) == 0)
                entries.Add(new("tool_calls", Sound() ? List(2, Call) : Odd()));
        }
        return TemplateValue.FromEntries(entries);
    }

    TemplateValue Call()
    {
        List<KeyValuePair<string, TemplateValue>> entries = [];
        if (random.Next(20) > 0)
            entries.Add(new("name", Sound() ? TemplateValue.From("get_weather") : Odd()));
        if (random.Next(20) > 0)
            entries.Add(new("arguments", random.Next(3) == 0 ? Text() : Any(3)));
        if (random.Next(20) == 0)
            entries.Add(new("content_type", Sound() ? TemplateValue.From("code") : Odd()));
        TemplateValue function = TemplateValue.FromEntries(entries);
        return random.Next(5) == 0 ? function : TemplateValue.FromEntries([new("type", TemplateValue.From("function")), new("function", random.Next(20) > 0 ? function : Odd())]);
    }

    TemplateValue Tool()
    {
        List<KeyValuePair<string, TemplateValue>> entries = [new("name", TemplateValue.From("get_weather"))];
        if (random.Next(15) > 0)
            entries.Add(new("description", Sound() ? Text() : Odd()));
        if (random.Next(8) > 0)
        {
            entries.Add(new("parameters", random.Next(20) == 0 ? Odd() : TemplateValue.FromEntries(
                [new("type", TemplateValue.From("object")), new("properties", random.Next(20) > 0 ? Properties(3) : Odd()), new("required", Sound() ? List(2, () => TemplateValue.From("a")) : Odd())])));
        }
        return TemplateValue.FromEntries([new("type", TemplateValue.From("function")), new("function", TemplateValue.FromEntries(entries))]);
    }

    TemplateValue Properties(int depth) =>
        TemplateValue.FromEntries(Enumerable.Range(0, random.Next(0, 4)).Select(i => KeyValuePair.Create(i == 0 ? "a" : $"p{i}", Schema(depth))));

    TemplateValue Schema(int depth)
    {
        if (random.Next(25) == 0)
            return Odd();
        List<KeyValuePair<string, TemplateValue>> entries = [];
        string type = (string[])["string", "number", "integer", "boolean", "array", "object", "null", "x"] is var types ? types[random.Next(types.Length)] : "";
        if (random.Next(8) > 0)
            entries.Add(new("type", random.Next(10) == 0 ? List(3, () => TemplateValue.From(types[random.Next(types.Length)])) : TemplateValue.From(type)));
        if (random.Next(3) == 0)
            entries.Add(new("description", Sound() ? Text() : Odd()));
        if (random.Next(4) == 0)
            entries.Add(new("default", Any(2)));
        if (random.Next(5) == 0)
            entries.Add(new("enum", Sound() ? List(3, () => Any(0)) : Odd()));
        if (random.Next(5) == 0)
            entries.Add(new("nullable", Sound() ? TemplateValue.From(true) : Odd()));
        if (depth > 0 && (type == "array" ? random.Next(5) > 0 : random.Next(10) == 0))
            entries.Add(new("items", Schema(depth - 1)));
        if (depth > 0 && (type == "object" ? random.Next(5) > 0 : random.Next(10) == 0))
            entries.Add(new("properties", Sound() ? Properties(depth - 1) : Odd()));
        if (random.Next(6) == 0)
            entries.Add(new("required", List(2, () => TemplateValue.From("a"))));
        if (depth > 0 && random.Next(8) == 0)
            entries.Add(new("oneOf", Sound() ? List(3, () => Schema(depth - 1)) : Odd()));
        return TemplateValue.FromEntries(entries);
    }

    TemplateValue Text()
    {
        string text = Texts[random.Next(Texts.Length)];
        return TemplateValue.From(random.Next(4) == 0 ? text + Texts[random.Next(Texts.Length)] : text);
    }

    TemplateValue Odd() => Any(random.Next(3));

    TemplateValue Any(int depth) => random.Next(depth > 0 ? 9 : 7) switch
    {
        0 => TemplateValue.None,
        1 => TemplateValue.From(random.Next(2) == 0),
        2 => TemplateValue.From(random.Next(-3, 300)),
        3 => TemplateValue.From((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-8, 20))),
        4 => TemplateValue.From(System.Numerics.BigInteger.Pow(7, random.Next(1, 60))),
        5 or 6 => Text(),
        7 => List(3, () => Any(depth - 1)),
        _ => TemplateValue.FromEntries(Enumerable.Range(0, random.Next(4)).Select(i => KeyValuePair.Create(i == 3 ? "type" : Keys[random.Next(Keys.Length)], Any(depth - 1)))),
    };

    TemplateValue List(int most, Func<TemplateValue> member) => TemplateValue.FromList(Enumerable.Range(0, random.Next(0, most + 1)).Select(_ => member()));
}
