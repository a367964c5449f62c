namespace Chorale.Grammar;

/// <summary>The shortest ways through the rules of a grammar, in tokens, each terminal cut into tokens by itself (Knuth 1977, "A generalization of Dijkstra's algorithm").</summary>
sealed class GrammarCosts
{
    readonly int[] _costs;
    readonly Edge?[] _ways;

    GrammarCosts(int[] costs, Edge?[] ways) => (_costs, _ways) = (costs, ways);

    /// <summary>The cost of getting from a state to the end of its rule.</summary>
    public int this[int state] => _costs[state];

    /// <summary>The edge that a shortest way takes; null at the end of a rule. Following it never comes back to the same state.</summary>
    public Edge? Way(int state) => _ways[state];

    /// <summary>Measures a grammar.</summary>
    public static GrammarCosts Measure(RuleGraph[] rules, GrammarState[] states)
    {
        List<(int From, Edge Edge)>[] into = new List<(int From, Edge Edge)>[states.Length];
        List<(int From, Edge Edge)>[] calls = new List<(int From, Edge Edge)>[rules.Length];
        int[] costs = new int[states.Length];
        Edge?[] ways = new Edge?[states.Length];
        Array.Fill(costs, Costs.Impossible);
        for (int from = 0; from < states.Length; from++)
        {
            foreach (Edge edge in states[from].Edges)
            {
                (into[edge.To] ??= []).Add((from, edge));
                if (edge is Edge.Call call)
                    (calls[call.Rule] ??= []).Add((from, edge));
            }
        }
        PriorityQueue<int, int> open = new();
        foreach (RuleGraph rule in rules)
            Lower(rule.End, 0, null);
        while (open.TryDequeue(out int state, out int cost))
        {
            if (cost > costs[state])
                continue;
            foreach ((int from, Edge edge) in into[state] ?? [])
                Lower(from, Costs.Sum(OfEdge(edge), cost), edge);
            int rule = states[state].Rule;
            foreach ((int from, Edge edge) in rules[rule].Start == state ? calls[rule] ?? [] : [])
                Lower(from, Costs.Sum(cost, costs[edge.To]), edge);
        }
        return new(costs, ways);

        void Lower(int state, int cost, Edge? way)
        {
            if (cost < costs[state])
            {
                (costs[state], ways[state]) = (cost, way);
                open.Enqueue(state, cost);
            }
        }

        int OfEdge(Edge edge) => edge switch
        {
            Edge.Read read => read.Terminal.Cost(Terminal.Start),
            Edge.Special => 1,
            Edge.Call call => costs[rules[call.Rule].Start],
            _ => 0,
        };
    }
}
