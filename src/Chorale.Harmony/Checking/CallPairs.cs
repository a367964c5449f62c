namespace Chorale.Harmony;

/// <summary>Which tool message answers which call. Linear in the number of messages.</summary>
sealed class CallPairs
{
    readonly int[] _partner;
    readonly string?[] _names;

    CallPairs(int[] partner, string?[] names)
    {
        _partner = partner;
        _names = names;
    }

    /// <summary>The index of the call's result, or of the result's call; null where there is none.</summary>
    public int? this[int message] => _partner[message] >= 0 ? _partner[message] : null;

    /// <summary>The full name that a tool's message should have, where it has none or a bare one and only one call can be meant; otherwise null.</summary>
    public string? BetterName(int message) => _names[message];

    /// <summary>A tool's name without its namespace.</summary>
    public static string BareName(string name) => name[(name.LastIndexOf('.') + 1)..];

    public static CallPairs Of(IReadOnlyList<Message> messages)
    {
        int[] partner = new int[messages.Count];
        string?[] names = new string?[messages.Count];
        Array.Fill(partner, -1);
        Pending pending = new(messages, partner);
        for (int i = 0; i < messages.Count; i++)
        {
            Message message = messages[i];
            if (HarmonyCall.IsCall(message))
            {
                pending.Add(i);
            }
            else if (message.Role == Role.Tool)
            {
                int call = pending.Find(message.Author.Name, out bool isUnambiguous);
                if (call < 0)
                    continue;
                string recipient = messages[call].Recipient!;
                if (message.Author.Name != recipient && isUnambiguous)
                    names[i] = recipient;
                if (!string.IsNullOrEmpty(message.Author.Name) || isUnambiguous)
                {
                    (partner[i], partner[call]) = (call, i);
                    pending.Answered(call);
                }
            }
        }
        return new(partner, names);
    }

    /// <summary>The calls that wait for a result, by full and by bare name, the oldest first.</summary>
    sealed class Pending(IReadOnlyList<Message> messages, int[] partner)
    {
        readonly Dictionary<string, Queue<int>> _full = new(StringComparer.Ordinal);
        readonly Dictionary<string, Queue<int>> _bare = new(StringComparer.Ordinal);
        readonly Dictionary<string, int> _waiting = new(StringComparer.Ordinal);
        readonly Queue<int> _all = new();
        int _count;

        public void Add(int call)
        {
            string recipient = messages[call].Recipient!;
            Enqueue(_full, recipient, call);
            Enqueue(_bare, BareName(recipient), call);
            _all.Enqueue(call);
            _waiting[BareName(recipient)] = _waiting.GetValueOrDefault(BareName(recipient)) + 1;
            _count++;
        }

        public void Answered(int call)
        {
            _waiting[BareName(messages[call].Recipient!)]--;
            _count--;
        }

        public int Find(string? name, out bool isUnambiguous)
        {
            isUnambiguous = true;
            if (string.IsNullOrEmpty(name))
            {
                isUnambiguous = _count == 1;
                return isUnambiguous ? First(_all) : -1;
            }
            if (_full.TryGetValue(name, out Queue<int>? same) && First(same) is var exact and >= 0)
                return exact;
            if (_bare.TryGetValue(BareName(name), out Queue<int>? alike) && First(alike) is var bare and >= 0 && MayAnswer(name, messages[bare].Recipient!))
            {
                isUnambiguous = _waiting[BareName(name)] == 1 && !name.Contains('.', StringComparison.Ordinal);
                return bare;
            }
            // A namespace answers for its functions: browser for browser.open.
            if (First(_all) is var oldest and >= 0 && messages[oldest].Recipient!.StartsWith($"{name}.", StringComparison.Ordinal))
            {
                isUnambiguous = false;
                return oldest;
            }
            return -1;
        }

        static bool MayAnswer(string name, string recipient) =>
            !name.Contains('.', StringComparison.Ordinal) || !recipient.Contains('.', StringComparison.Ordinal);

        int First(Queue<int> queue)
        {
            while (queue.TryPeek(out int call))
            {
                if (partner[call] < 0)
                    return call;
                queue.Dequeue();
            }
            return -1;
        }

        static void Enqueue(Dictionary<string, Queue<int>> queues, string key, int call)
        {
            if (!queues.TryGetValue(key, out Queue<int>? queue))
                queues[key] = queue = new();
            queue.Enqueue(call);
        }
    }
}
