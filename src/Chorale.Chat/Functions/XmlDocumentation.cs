using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml;

namespace Chorale.Chat;

/// <summary>
/// The documentation file that the compiler writes beside an assembly (<c>GenerateDocumentationFile</c>). A file that is missing, damaged, hostile or
/// too large is as good as an empty one: descriptions are a courtesy, no program fails for want of them. Immutable once read.
/// </summary>
sealed class XmlDocumentation
{
    const long MaxFileLength = 64L << 20;

    /// <summary>How often documentation may be inherited from what is itself inherited.</summary>
    const int MaxInheritance = 8;

    const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    static readonly ConditionalWeakTable<Assembly, XmlDocumentation> Read = [];

    readonly Dictionary<string, MemberDocumentation> _members = new(StringComparer.Ordinal);

    XmlDocumentation()
    {
    }

    /// <summary>Reads a file's text; what stands before the first fault counts.</summary>
    public XmlDocumentation(Stream xml) => Load(xml);

    /// <summary>What is known of a method, inherited or its own; null where nothing is.</summary>
    public static MemberDocumentation? Of(MethodInfo method) => Of(method, 0);

    /// <summary>The summary of a property or field; of a record's, the text of the parameter that it comes from.</summary>
    public static string? Of(MemberInfo member)
    {
        if (member.DeclaringType is not { } type || DocumentationId.Of(member) is not { } id)
            return null;
        XmlDocumentation file = For(type.Assembly);
        return file.Find(id)?.Summary ?? file.Find(DocumentationId.Of(type))?.Parameters.GetValueOrDefault(member.Name);
    }

    /// <summary>The summary of a type.</summary>
    public static string? Of(Type type) =>
        type.IsGenericParameter || type.HasElementType ? null : For(type.Assembly).Find(DocumentationId.Of(type))?.Summary;

    /// <summary>What the file says of the member of this id, without what it inherits.</summary>
    public MemberDocumentation? Find(string id) => _members.GetValueOrDefault(id);

    static MemberDocumentation? Of(MethodInfo method, int depth)
    {
        if (method.DeclaringType is not { } type)
            return null;
        XmlDocumentation file = For(type.Assembly);
        MemberDocumentation? own = file.Find(DocumentationId.Of(method));
        if (own?.InheritsFrom is not { } source || depth >= MaxInheritance)
            return own;
        MemberDocumentation? inherited = source.Length > 0 ? file.FindInherited(source, depth) : Ancestors(method).Select(ancestor => Of(ancestor, depth + 1)).FirstOrDefault(found => found is not null);
        return inherited is null ? own : own.Over(inherited);
    }

    MemberDocumentation? FindInherited(string id, int depth) =>
        Find(id) is { } found && found.InheritsFrom is { Length: > 0 } next && depth < MaxInheritance && FindInherited(next, depth + 1) is { } further
            ? found.Over(further)
            : Find(id);

    /// <summary>The methods that this one overrides or implements.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "A method that was trimmed is not documented either; nothing depends on finding it.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The same: a base type's method that is gone has nothing to say.")]
    static IEnumerable<MethodInfo> Ancestors(MethodInfo method)
    {
        Type type = method.DeclaringType!;
        Type[] parameters = [.. method.GetParameters().Select(parameter => parameter.ParameterType)];
        if (method.IsVirtual && method.GetBaseDefinition() != method)
        {
            for (Type? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
            {
                if (ancestor.GetMethod(method.Name, AnyInstance | BindingFlags.DeclaredOnly, parameters) is { } overridden)
                    yield return overridden;
            }
        }
        if (type.IsInterface || method.IsStatic)
            yield break;
        foreach (Type implemented in type.GetInterfaces())
        {
            InterfaceMapping map = type.GetInterfaceMap(implemented);
            for (int i = 0; i < map.TargetMethods.Length; i++)
            {
                if (map.TargetMethods[i] == method)
                    yield return map.InterfaceMethods[i];
            }
        }
    }

    static XmlDocumentation For(Assembly assembly) => Read.GetValue(assembly, static key => new XmlDocumentation().LoadBeside(key));

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "In a single file the location is empty, and the program's folder is looked at.")]
    XmlDocumentation LoadBeside(Assembly assembly)
    {
        try
        {
            string path = assembly is { IsDynamic: false, Location.Length: > 0 }
                ? Path.ChangeExtension(assembly.Location, ".xml")
                : Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
            FileInfo file = new(path);
            if (file.Exists && file.Length <= MaxFileLength)
            {
                using FileStream stream = file.OpenRead();
                Load(stream);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // it cannot be read, so there is none
        }
        return this;
    }

    void Load(Stream xml)
    {
        XmlReaderSettings settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxFileLength, IgnoreComments = true, IgnoreProcessingInstructions = true };
        try
        {
            using XmlReader reader = XmlReader.Create(xml, settings);
            while (reader.Read())
            {
                if (reader is { NodeType: XmlNodeType.Element, LocalName: "member" } && reader.GetAttribute("name") is { Length: > 0 } id)
                    _members.TryAdd(id, ReadMember(reader));
            }
        }
        catch (Exception e) when (e is XmlException or IOException)
        {
            // the members before the fault are whole
        }
    }

    /// <summary>Reads to the member's end. Elements may nest as deep as they like: nothing here is recursive.</summary>
    static MemberDocumentation ReadMember(XmlReader reader)
    {
        int depth = reader.Depth;
        DocumentationText summary = new(), returns = new();
        Dictionary<string, DocumentationText> parameters = new(StringComparer.Ordinal);
        DocumentationText? section = null;
        string? inheritsFrom = null;
        bool isEmpty = reader.IsEmptyElement;
        while (!isEmpty && reader.Read() && reader.Depth > depth)
        {
            bool isSection = reader.Depth == depth + 1;
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when isSection && reader.LocalName == "inheritdoc":
                    inheritsFrom = reader.GetAttribute("cref") ?? "";
                    break;
                case XmlNodeType.Element when isSection:
                    section = reader.IsEmptyElement ? null : SectionOf(reader, summary, returns, parameters);
                    break;
                case XmlNodeType.EndElement when isSection:
                    section = null;
                    break;
                case XmlNodeType.Element when section is not null:
                    AppendElement(reader, section);
                    break;
                case XmlNodeType.EndElement when section is not null && IsBlock(reader.LocalName):
                    section.Break();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace:
                    section?.Append(reader.Value);
                    break;
            }
        }
        return new()
        {
            Summary = summary.ToText(),
            Returns = returns.ToText(),
            Parameters = parameters.Where(parameter => parameter.Value.ToText() is not null).ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToText()!, StringComparer.Ordinal),
            InheritsFrom = inheritsFrom,
        };
    }

    static DocumentationText? SectionOf(XmlReader reader, DocumentationText summary, DocumentationText returns, Dictionary<string, DocumentationText> parameters)
    {
        switch (reader.LocalName)
        {
            case "summary":
                return summary;
            case "returns":
                return returns;
            case "param" when reader.GetAttribute("name") is { Length: > 0 } name:
                DocumentationText text = new();
                return parameters.TryAdd(name, text) ? text : null;
            default:
                return null;
        }
    }

    static void AppendElement(XmlReader reader, DocumentationText section)
    {
        switch (reader.LocalName)
        {
            case "see" or "seealso" when reader.IsEmptyElement:
                section.Append(reader.GetAttribute("langword") ?? ShortName(reader.GetAttribute("cref")) ?? reader.GetAttribute("href"));
                break;
            case "paramref" or "typeparamref":
                section.Append(reader.GetAttribute("name"));
                break;
            case "item":
                section.Item();
                break;
            case { } name when IsBlock(name):
                section.Break();
                break;
        }
    }

    static bool IsBlock(string name) => name is "para" or "br" or "list" or "code";

    /// <summary>The last name of an id: <c>M:Weather.Tools.Look(System.String)</c> is <c>Look</c>.</summary>
    static string? ShortName(string? id)
    {
        if (id is null)
            return null;
        string name = id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..];
        int end = name.AsSpan().IndexOfAny("(`{~");
        if (end >= 0)
            name = name[..end];
        return name[(name.LastIndexOf('.') + 1)..];
    }
}
