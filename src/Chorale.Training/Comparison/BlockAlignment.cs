namespace Chorale.Training;

/// <summary>Puts the messages of several renderings beside each other: the most that are alike, in order.</summary>
static class BlockAlignment
{
    public static List<IReadOnlyList<int?>> Align(IReadOnlyList<ComparedRendering> renderings)
    {
        List<int?[]> rows = [];
        for (int i = 0; i < renderings.Count; i++)
            rows = Merge(rows, renderings, i);
        return [.. rows];
    }

    static List<int?[]> Merge(List<int?[]> rows, IReadOnlyList<ComparedRendering> renderings, int added)
    {
        IReadOnlyList<RenderedBlock> blocks = renderings[added].Blocks;
        int[,] best = new int[rows.Count + 1, blocks.Count + 1];
        for (int r = rows.Count - 1; r >= 0; r--)
            for (int b = blocks.Count - 1; b >= 0; b--)
                best[r, b] = Math.Max(Math.Max(best[r + 1, b], best[r, b + 1]), Likeness(rows[r], renderings, blocks[b]) is var score and > 0 ? best[r + 1, b + 1] + score : 0);
        List<int?[]> merged = [];
        int row = 0, block = 0;
        while (row < rows.Count || block < blocks.Count)
        {
            int score = row < rows.Count && block < blocks.Count ? Likeness(rows[row], renderings, blocks[block]) : 0;
            if (score > 0 && best[row, block] == best[row + 1, block + 1] + score)
            {
                rows[row][added] = block++;
                merged.Add(rows[row++]);
            }
            else if (row < rows.Count && (block == blocks.Count || best[row + 1, block] >= best[row, block + 1]))
            {
                merged.Add(rows[row++]);
            }
            else
            {
                int?[] own = new int?[renderings.Count];
                own[added] = block++;
                merged.Add(own);
            }
        }
        return merged;
    }

    /// <summary>0 where they are not to stand beside each other.</summary>
    static int Likeness(int?[] row, IReadOnlyList<ComparedRendering> renderings, RenderedBlock block)
    {
        int best = 0;
        for (int i = 0; i < row.Length; i++)
        {
            if (row[i] is not { } at)
                continue;
            RenderedBlock other = renderings[i].Blocks[at];
            int score = other.Kind == block.Kind ? 3 : IsAssistant(other.Kind) && IsAssistant(block.Kind) ? 1 : 0;
            if (score > 0 && other.Content.AsSpan().Trim().SequenceEqual(block.Content.AsSpan().Trim()))
                score += 2;
            best = Math.Max(best, score);
        }
        return best;
    }

    static bool IsAssistant(RenderedBlockKind kind) => kind is RenderedBlockKind.Reasoning or RenderedBlockKind.Call or RenderedBlockKind.Answer;
}
