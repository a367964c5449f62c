namespace Chorale.Harmony;

/// <summary>Unions and intersections of types, as plain as they can be told without repeating anything.</summary>
static class TypeAlgebra
{
    /// <summary>One of these types, all on one line.</summary>
    public static SchemaType Union(IEnumerable<SchemaType> types) => Union([.. types.Select(type => new NotedType(type))], onLines: false);

    /// <summary>One of these types; what is said twice is said once.</summary>
    public static SchemaType Union(IReadOnlyList<NotedType> variants, bool onLines)
    {
        List<NotedType> kept = [];
        HashSet<object> seen = [];
        foreach (NotedType variant in variants)
            foreach (NotedType one in Variants(variant))
                if (!one.Notes.IsEmpty || one.Type.Key is not { } key || seen.Add(key))
                    kept.Add(one);
        if (kept.Exists(one => one.Type != SchemaType.Never))
            kept.RemoveAll(one => one.Type == SchemaType.Never);
        return kept is [{ Notes.IsEmpty: true } only] ? only.Type : new SchemaType.Union(kept, onLines);
    }

    /// <summary>The type or null.</summary>
    public static SchemaType OrNull(SchemaType type)
    {
        bool hasNull = type == SchemaType.Null || type == SchemaType.Any
            || (type is SchemaType.Union union && union.Variants.Any(variant => variant.Type.Key is "null"));
        bool onLines = type is SchemaType.Union { OnLines: true };
        return hasNull ? type : Union([new(type), new(SchemaType.Null)], onLines);
    }

    /// <summary>What is all of these types: objects in one, values narrowed to those that all allow, anything else joined by <c>&amp;</c>.</summary>
    public static SchemaType Intersection(IEnumerable<SchemaType> types)
    {
        List<SchemaType> parts = [];
        HashSet<object> seen = [];
        foreach (SchemaType type in types)
            foreach (SchemaType part in type is SchemaType.Intersection inner ? inner.Parts : [type])
                if (part != SchemaType.Any && (part.Key is not { } key || seen.Add(key)))
                    parts.Add(part);
        if (parts.Contains(SchemaType.Never))
            return SchemaType.Never;
        if (parts.Count > 1)
        {
            MergeValues(parts);
            MergeObjects(parts);
        }
        return parts switch
        {
            [] => SchemaType.Any,
            [SchemaType only] => only,
            _ => new SchemaType.Intersection(parts),
        };
    }

    /// <summary>A union with nothing to say of itself is as good as its variants.</summary>
    static IEnumerable<NotedType> Variants(NotedType type) =>
        type is { Type: SchemaType.Union { OnLines: false } union, Notes.IsEmpty: true } ? union.Variants : [type];

    static void MergeValues(List<SchemaType> parts)
    {
        int first = parts.FindIndex(part => Values(part) is not null);
        if (first < 0)
            return;
        Dictionary<object, SchemaType> values = Values(parts[first])!;
        List<SchemaType> rest = parts[(first + 1)..];
        parts.RemoveRange(first, parts.Count - first);
        foreach (SchemaType part in rest)
        {
            if (Values(part) is { } others)
                values = Common(values, others);
            else
                parts.Add(part);
        }
        if (values.Count == 0)
            parts.Clear();
        parts.Insert(Math.Min(first, parts.Count), values.Count == 0 ? SchemaType.Never : Union(values.Values));
    }

    /// <summary>The values and kinds of values that a type is a union of; null where it is anything else.</summary>
    static Dictionary<object, SchemaType>? Values(SchemaType type) => type switch
    {
        SchemaType.Keyword or SchemaType.Literal => new() { [type.Key!] = type },
        SchemaType.Union { OnLines: false } union when union.Variants.All(variant => variant.Notes.IsEmpty && variant.Type is SchemaType.Keyword or SchemaType.Literal) =>
            union.Variants.Select(variant => variant.Type).ToDictionary(variant => variant.Key!),
        _ => null,
    };

    static Dictionary<object, SchemaType> Common(Dictionary<object, SchemaType> a, Dictionary<object, SchemaType> b)
    {
        Dictionary<object, SchemaType> common = [];
        foreach ((object key, SchemaType type) in a)
            if (b.ContainsKey(key) || Allows(b, type))
                common.TryAdd(key, type);
        foreach ((object key, SchemaType type) in b)
            if (Allows(a, type))
                common.TryAdd(key, type);
        return common;
    }

    static bool Allows(Dictionary<object, SchemaType> values, SchemaType type) =>
        type is SchemaType.Literal { Kind: { } kind } && values.ContainsKey(kind.Key);

    static void MergeObjects(List<SchemaType> parts)
    {
        List<SchemaType.Object> objects = [.. parts.OfType<SchemaType.Object>()];
        if (objects.Count == 0)
            return;
        int first = parts.FindIndex(part => part is SchemaType.Object);
        parts.RemoveAll(part => part is SchemaType.Object);
        SchemaType.Object merged = objects.Count == 1 ? objects[0] : Merge(objects);
        if (merged.Members.Count > 0 || parts.Count == 0)   // beside another type, an object of which nothing is said adds nothing
            parts.Insert(first, merged);
    }

    static SchemaType.Object Merge(List<SchemaType.Object> objects)
    {
        List<(string? Name, List<SchemaType.Member> Same)> members = [];
        Dictionary<string, List<SchemaType.Member>> byName = new(StringComparer.Ordinal);
        foreach (SchemaType.Member member in objects.SelectMany(part => part.Members))
        {
            if (member.Name is null)
            {
                members.Add((null, [member]));
            }
            else if (byName.TryGetValue(member.Name, out List<SchemaType.Member>? same))
            {
                same.Add(member);
            }
            else
            {
                same = [member];
                byName.Add(member.Name, same);
                members.Add((member.Name, same));
            }
        }
        return new([.. members.Select(member => member.Same is [SchemaType.Member only] ? only : new SchemaType.Member(
            member.Name,
            member.Same.Exists(one => one.IsRequired),
            new(Intersection(member.Same.Select(one => one.Value.Type)), TypeNotes.Of([.. member.Same.Select(one => one.Value.Notes)]))))]);
    }
}
