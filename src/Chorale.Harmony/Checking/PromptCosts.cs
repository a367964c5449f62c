using System.Text;
using Chorale.Tokenization;

namespace Chorale.Harmony;

/// <summary>Adds up what the parts of a prompt cost. An id that crosses from one part into another counts where it begins.</summary>
sealed class PromptCosts(Tokenizer tokenizer)
{
    readonly List<string> _order = [];
    readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    public IEnumerable<PromptPart> Parts => _order.Select(name => new PromptPart(name, _ids[name]));

    /// <summary>Adds a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="around">How many ids its header and its end have.</param>
    /// <param name="content">The ids of its content.</param>
    public void Add(Message message, int around, ReadOnlySpan<int> content)
    {
        if (message.Role is Role.System or Role.Developer)
            AddSections(message, content);
        else if (message.Role == Role.Tool)
            AddFree($"history.tool.{message.Author.Name}", content.Length);
        else
            AddFree($"history.{Roles.NameOf(message.Role)}{(message.Channel is null ? "" : $".{message.Channel}")}{(HarmonyCall.IsCall(message) ? ".calls" : "")}", content.Length);
        AddFree("headers", around);
    }

    /// <summary>Adds ids under a name; none add nothing.</summary>
    public void AddFree(string name, int count)
    {
        if (count == 0)
            return;
        if (!_ids.TryAdd(name, count))
            _ids[name] += count;
        else
            _order.Add(name);
    }

    void AddSections(Message message, ReadOnlySpan<int> content)
    {
        string text = tokenizer.DecodeLossy(content);
        string root = Roles.NameOf(message.Role);
        int given = message.Content is [DeveloperContent { Instructions: { } instructions }, ..] ? PromptSections.InstructionsHeading.Length + instructions.Length : 0;
        List<PromptSection> sections = PromptSections.Find(text, root, given);
        int section = 0, byteAt = 0, first = 0;
        int sectionEnd = EndOf(0, 0);
        for (int i = 0; i < content.Length; i++)
        {
            if (byteAt >= sectionEnd && section < sections.Count - 1)
            {
                AddFree(sections[section].Name, i - first);
                first = i;
                while (byteAt >= sectionEnd && section < sections.Count - 1)
                    sectionEnd = EndOf(++section, sectionEnd);
            }
            byteAt += tokenizer.TryGetBytes(content[i], out ReadOnlySpan<byte> bytes) ? bytes.Length : 0;
        }
        AddFree(sections[section].Name, content.Length - first);

        int EndOf(int index, int start) => index == sections.Count - 1 ? int.MaxValue
            : start + Encoding.UTF8.GetByteCount(text.AsSpan(sections[index].Start, sections[index + 1].Start - sections[index].Start));
    }
}
