using System.Text;
using System.Text.Json;

namespace Chorale.Cli;

/// <summary>
/// The command line of a tool: a program and words in which <c>{name}</c> stands for an argument of the call. It becomes a list of arguments for the program and never a line
/// for a shell, so that nothing in an argument is anything but text.
/// </summary>
sealed class CommandTemplate
{
    readonly string[] _program;
    readonly List<Word[]> _groups;

    /// <summary>A command.</summary>
    /// <param name="program">What is run.</param>
    /// <param name="groups">Words that stand together: all of them are left out where one names an argument that the call does not have.</param>
    /// <exception cref="FormatException">A brace that opens or closes nothing.</exception>
    public CommandTemplate(string program, IEnumerable<IReadOnlyList<string>> groups)
    {
        _program = [program];
        _groups = [.. groups.Select(group => group.Select(Word.Parse).ToArray())];
    }

    /// <summary>The arguments that it names.</summary>
    public IEnumerable<string> Placeholders => _groups.SelectMany(group => group).SelectMany(word => word.Names);

    /// <summary>The program and its arguments.</summary>
    /// <param name="arguments">The call's.</param>
    /// <exception cref="FormatException">An argument cannot be a word, or part of one.</exception>
    public IReadOnlyList<string> Fill(IReadOnlyDictionary<string, JsonElement> arguments)
    {
        List<string> line = [.. _program];
        foreach (Word[] group in _groups)
        {
            if (group.All(word => word.Names.All(name => IsGiven(arguments, name))))
                line.AddRange(group.SelectMany(word => word.Fill(arguments)));
        }
        return line;
    }

    static bool IsGiven(IReadOnlyDictionary<string, JsonElement> arguments, string name) => arguments.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A word: pieces that are text, and pieces that name arguments.</summary>
    sealed class Word(IReadOnlyList<(string Text, bool IsName)> pieces)
    {
        public IEnumerable<string> Names => pieces.Where(piece => piece.IsName).Select(piece => piece.Text);

        public static Word Parse(string word)
        {
            List<(string, bool)> pieces = [];
            StringBuilder text = new();
            for (int i = 0; i < word.Length; i++)
            {
                char c = word[i];
                if (c is not ('{' or '}'))
                {
                    text.Append(c);
                }
                else if (i + 1 < word.Length && word[i + 1] == c)
                {
                    text.Append(c);
                    i++;
                }
                else
                {
                    int end = c == '{' ? word.IndexOf('}', i) : -1;
                    if (end <= i + 1)
                        throw new FormatException($"'{word}' has a brace that {(c == '{' ? "is not closed" : "closes nothing")}: an argument is written {{name}}, a brace {{{{ or }}}}");
                    if (text.Length > 0)
                        pieces.Add((text.ToString(), false));
                    text.Clear();
                    pieces.Add((word[(i + 1)..end], true));
                    i = end;
                }
            }
            if (text.Length > 0 || pieces.Count == 0)
                pieces.Add((text.ToString(), false));
            return new(pieces);
        }

        /// <summary>One word; as many as there are items where it is nothing but a list.</summary>
        public IEnumerable<string> Fill(IReadOnlyDictionary<string, JsonElement> arguments) =>
            pieces is [{ IsName: true, Text: var only }] && arguments[only].ValueKind == JsonValueKind.Array
                ? arguments[only].EnumerateArray().Select(item => TextOf(only, item))
                : [string.Concat(pieces.Select(piece => piece.IsName ? TextOf(piece.Text, arguments[piece.Text]) : piece.Text))];

        static string TextOf(string name, JsonElement value)
        {
            string text = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Array => throw new FormatException($"'{name}' is a list, and a list cannot be part of a word"),
                _ => value.GetRawText(),
            };
            return text.Contains('\0', StringComparison.Ordinal) ? throw new FormatException($"'{name}' holds a null character, which no command line can") : text;
        }
    }
}
