using System.Globalization;
using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>A place in a schema document, most often of a schema. There is one for each place, made when it is first asked for.</summary>
sealed class SchemaNode
{
    readonly SchemaNode? _parent;
    readonly string _step;
    OrderedDictionary<string, SchemaNode>? _members;
    SchemaNode[]? _items;

    SchemaNode(SchemaDocument document, JsonElement value, SchemaNode? parent, string step) => (Document, Value, _parent, _step) = (document, value, parent, step);

    public SchemaDocument Document { get; }

    public JsonElement Value { get; }

    public JsonValueKind Kind => Value.ValueKind;

    public bool IsSchema => Kind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False;

    /// <summary>What stands there, read when it is first needed as a schema.</summary>
    public SchemaKeywords Keywords => field ??= SchemaReader.Read(this);

    /// <summary>The members of an object, in order, each name once with its last value; none of anything else.</summary>
    public OrderedDictionary<string, SchemaNode> Members
    {
        get
        {
            if (_members is not null)
                return _members;
            _members = new(StringComparer.Ordinal);
            if (Kind == JsonValueKind.Object)
            {
                foreach (JsonProperty member in Value.EnumerateObject())
                {
                    string name = JsonText.Name(member);
                    _members[name] = new(Document, member.Value, this, Step(name));
                }
            }
            return _members;
        }
    }

    /// <summary>The items of an array; none of anything else.</summary>
    public SchemaNode[] Items => _items ??= Kind != JsonValueKind.Array ? []
        : [.. Value.EnumerateArray().Select((item, i) => new SchemaNode(Document, item, this, $"[{i.ToString(CultureInfo.InvariantCulture)}]"))];

    /// <summary>Where it stands, from <c>$</c>.</summary>
    public string Path
    {
        get
        {
            Stack<string> steps = new();
            for (SchemaNode? node = this; node is not null; node = node._parent)
                steps.Push(node._step);
            return string.Concat(steps);
        }
    }

    /// <summary>What its references are resolved against: the address of the nearest schema around it that has one.</summary>
    public SchemaResource Resource
    {
        get
        {
            if (field is null)
            {
                // Not recursive, since documents nest deeply.
                SchemaNode node = this;
                while (node._parent is not null && node.Address is null)
                    node = node._parent;
                SchemaResource? around = node._parent?.Resource;
                field = around is null ? Document.Resource
                    : Uri.TryCreate(around.Base, node.Address, out Uri? address) ? new(node, address)
                    : around;
            }
            return field;
        }
    }

    /// <summary>The address that it gives itself; null where it gives none.</summary>
    Uri? Address =>
        Text(Document.IsDraft4 ? "id" : "$id") is { Length: > 0 } id && id[0] != '#' && Uri.TryCreate(id, UriKind.RelativeOrAbsolute, out Uri? address) ? address : null;

    public static SchemaNode Root(SchemaDocument document, JsonElement value) => new(document, value, null, "$");

    /// <summary>The text of a member; null where there is none, or it is no text.</summary>
    public string? Text(string name) =>
        Members.TryGetValue(name, out SchemaNode? member) && member.Kind == JsonValueKind.String ? JsonText.Value(member.Value) : null;

    public JsonSchemaException Error(string keyword, string problem) => new(Path, keyword, problem);

    /// <summary>A value of the document, for messages.</summary>
    public static string Describe(JsonElement value)
    {
        const int most = 60;
        string text = value.GetRawText();
        return text.Length <= most ? text : string.Concat(text.AsSpan(0, most), "…");
    }

    static string Step(string name)
    {
        bool isIdentifier = name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$');
        return isIdentifier ? "." + name : $"[{JsonText.Quote(name)}]";
    }
}
