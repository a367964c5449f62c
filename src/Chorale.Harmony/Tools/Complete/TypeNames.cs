using System.Text;

namespace Chorale.Harmony;

/// <summary>The names of types within one namespace: none is a function's, and a type that two functions declare alike is declared once.</summary>
sealed class TypeNames
{
    /// <summary>How often names are tried again after others had to change; then each gets one of its own.</summary>
    const int Attempts = 4;

    readonly IEnumerable<ToolDescription> _functions;
    readonly Dictionary<string, int> _lastNumber = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _lastName = new(StringComparer.Ordinal);   // what a type that wanted this name got
    Dictionary<string, string>? _declared;                                         // by name; a function's has no text

    /// <summary>No types yet.</summary>
    /// <param name="functions">The functions of the namespace.</param>
    public TypeNames(IEnumerable<ToolDescription> functions) => _functions = functions;

    /// <summary>Declares what a type mentions, each declaration on a new line and an empty line after it.</summary>
    /// <param name="type">The type.</param>
    /// <param name="output">Gets the declarations that are new.</param>
    /// <returns>The names, in the order of the declarations.</returns>
    public IReadOnlyList<string> Declare(CompiledType type, StringBuilder output)
    {
        IReadOnlyList<(string Name, TypeText Text)> declarations = type.Declarations;
        if (declarations.Count == 0)
            return [];
        _declared ??= _functions.Select(function => function.Name).Distinct(StringComparer.Ordinal).ToDictionary(name => name, _ => "", StringComparer.Ordinal);
        string[] names = new string[declarations.Count];
        string[] texts = new string[declarations.Count];
        HashSet<string> own = new(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            string name = _lastName.GetValueOrDefault(declarations[i].Name, declarations[i].Name);
            names[i] = own.Add(name) ? name : Fresh(declarations[i].Name, own);
        }
        bool isSettled = false;
        int attempts = 0;
        while (!isSettled)
        {
            for (int i = 0; i < names.Length; i++)
                texts[i] = Write(declarations[i].Text, names);
            isSettled = true;
            for (int i = 0; i < names.Length; i++)
            {
                if (!_declared.TryGetValue(names[i], out string? text) || (text == texts[i] && attempts < Attempts))
                    continue;
                names[i] = Fresh(declarations[i].Name, own);
                isSettled = false;
            }
            attempts++;
        }
        for (int i = 0; i < names.Length; i++)
        {
            _lastName[declarations[i].Name] = names[i];
            if (_declared.TryAdd(names[i], texts[i]))
                output.Append('\n').Append(texts[i]).Append('\n');
        }
        return names;
    }

    string Fresh(string name, HashSet<string> own)
    {
        string numbered;
        do
        {
            int number = _lastNumber.GetValueOrDefault(name, 1) + 1;
            _lastNumber[name] = number;
            numbered = $"{name}{number}";
        }
        while (_declared!.ContainsKey(numbered) || !own.Add(numbered));
        return numbered;
    }

    static string Write(TypeText text, string[] names)
    {
        StringBuilder written = new();
        text.AppendTo(written, names);
        return written.ToString();
    }
}
