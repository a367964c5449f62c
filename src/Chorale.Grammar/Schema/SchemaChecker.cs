namespace Chorale.Grammar;

/// <summary>Reads all that a document's root leads to, so that what is malformed is found wherever it stands, and refuses schemas that refer to themselves for the same value.</summary>
static class SchemaChecker
{
    public static void Check(SchemaDocument document)
    {
        HashSet<SchemaNode> seen = [document.Root];
        Stack<SchemaNode> open = new([document.Root]);
        while (open.TryPop(out SchemaNode? node))
        {
            foreach (SchemaNode inner in node.Keywords.Schemas.Where(seen.Add))
                open.Push(inner);
        }
        FindCircles(seen);
    }

    /// <summary>A search in depth, with its path on a stack of its own.</summary>
    static void FindCircles(HashSet<SchemaNode> nodes)
    {
        HashSet<SchemaNode> done = [], onPath = [];
        Stack<(SchemaNode Node, string? By, IEnumerator<(SchemaNode, string)> Edges)> path = new();
        foreach (SchemaNode start in nodes)
        {
            if (done.Contains(start))
                continue;
            Enter(start, null);
            while (path.TryPeek(out (SchemaNode Node, string? By, IEnumerator<(SchemaNode Node, string Keyword)> Edges) top))
            {
                if (!top.Edges.MoveNext())
                {
                    path.Pop();
                    onPath.Remove(top.Node);
                    done.Add(top.Node);
                    continue;
                }
                (SchemaNode next, string keyword) = top.Edges.Current;
                if (onPath.Contains(next))
                    throw Circle(next, keyword);
                if (!done.Contains(next))
                    Enter(next, keyword);
            }
        }

        void Enter(SchemaNode node, string? by)
        {
            onPath.Add(node);
            path.Push((node, by, node.Keywords.Parts.SelectMany(part => part.Schemas.Select(schema => (schema, part.Keyword))).GetEnumerator()));
        }

        // Blames the reference of the circle that was followed last; there is one, since without references there is no circle.
        JsonSchemaException Circle(SchemaNode first, string keyword)
        {
            foreach ((SchemaNode node, string? by, _) in path)
            {
                if (keyword.StartsWith('$'))
                    return node.Error(keyword, "leads back to a schema that this one is part of, for the same value");
                if (node == first)
                    break;
                keyword = by ?? "";
            }
            return first.Error("$ref", "leads in a circle, for the same value");
        }
    }
}
