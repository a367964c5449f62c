namespace Chorale.Grammar;

/// <summary>Sorts rules so that each comes after those it refers to (Kahn 1962).</summary>
static class DependencyOrder
{
    /// <summary>The rules that lead into no circle, in order.</summary>
    /// <param name="bodies">What each rule describes; every reference has its rule.</param>
    /// <param name="circular">The others: each refers to one of them.</param>
    public static List<string> Of(IReadOnlyDictionary<string, NotatedExpression> bodies, out HashSet<string> circular)
    {
        circular = [.. bodies.Keys];
        Dictionary<string, int> missing = new(StringComparer.Ordinal);
        Dictionary<string, List<string>> users = new(StringComparer.Ordinal);
        List<string> order = [];
        foreach ((string name, NotatedExpression body) in bodies)
        {
            HashSet<string> uses = [.. body.References().Select(reference => reference.Name)];
            missing.Add(name, uses.Count);
            if (uses.Count == 0)
                order.Add(name);
            foreach (string use in uses)
            {
                if (!users.TryGetValue(use, out List<string>? list))
                {
                    list = [];
                    users.Add(use, list);
                }
                list.Add(name);
            }
        }
        // The list grows while it is read: those that miss nothing more come behind.
        for (int i = 0; i < order.Count; i++)
        {
            circular.Remove(order[i]);
            foreach (string user in users.GetValueOrDefault(order[i]) ?? [])
            {
                if (--missing[user] == 0)
                    order.Add(user);
            }
        }
        return order;
    }
}
