using System.Numerics;
using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>Reads the keywords of one schema. What is malformed is refused; keywords that are unknown, or say nothing about what is valid, are passed over.</summary>
sealed class SchemaReader
{
    /// <summary>A string that must be longer would take too long to find the shortest one of.</summary>
    const int MostMinLength = 65_536;

    readonly SchemaNode _node;
    readonly SchemaKeywords _keywords = new();
    DecimalNumber? _minimum, _maximum;
    bool _isMinimumLeftOut, _isMaximumLeftOut;
    int _minLength, _maxLength = int.MaxValue;
    bool _isNullable;

    SchemaReader(SchemaNode node) => _node = node;

    /// <summary>Reads a schema.</summary>
    /// <exception cref="JsonSchemaException">A keyword is malformed, or one that a regular expression is not up to.</exception>
    public static SchemaKeywords Read(SchemaNode node) => new SchemaReader(node).Read();

    SchemaKeywords Read()
    {
        if (_node.Kind is JsonValueKind.True or JsonValueKind.False)
        {
            _keywords.Boolean = _node.Kind == JsonValueKind.True;
            return _keywords;
        }
        if (_node.Document.Dialect <= SchemaDialect.Draft7 && _node.Members.TryGetValue("$ref", out SchemaNode? reference))
        {
            // Beside a reference, these versions know no other keyword.
            Read("$ref", reference);
            return _keywords;
        }
        foreach ((string keyword, SchemaNode value) in _node.Members)
            Read(keyword, value);
        ReadItems();
        ReadNumbers();
        _keywords.Strings = _keywords.Strings.And(StringSet.Of(RegularExpression.Repeat(RegularExpression.AnyCharacter, _minLength, _maxLength == int.MaxValue ? RegularExpression.Unbounded : _maxLength)));
        if (_isNullable && _keywords.Types != JsonTypes.All)
            _keywords.Types |= JsonTypes.Null;
        return _keywords;
    }

    void Read(string keyword, SchemaNode value)
    {
        switch (keyword)
        {
            case "type":
                _keywords.Types = Types(value);
                break;
            case "nullable":
                _isNullable = Flag(keyword, value);
                break;
            case "enum":
                _keywords.Enum = Values(value);
                break;
            case "const":
                CheckConstant(keyword, value.Value);
                _keywords.Const = [value.Value];
                break;
            case "minimum":
                Tighten(ref _minimum, ref _isMinimumLeftOut, Number(keyword, value), leaveOut: false, isLower: true);
                break;
            case "maximum":
                Tighten(ref _maximum, ref _isMaximumLeftOut, Number(keyword, value), leaveOut: false, isLower: false);
                break;
            case "exclusiveMinimum" when value.Kind is not (JsonValueKind.True or JsonValueKind.False):
                Tighten(ref _minimum, ref _isMinimumLeftOut, Number(keyword, value), leaveOut: true, isLower: true);
                break;
            case "exclusiveMaximum" when value.Kind is not (JsonValueKind.True or JsonValueKind.False):
                Tighten(ref _maximum, ref _isMaximumLeftOut, Number(keyword, value), leaveOut: true, isLower: false);
                break;
            case "multipleOf":
                ReadMultipleOf(value);
                break;
            case "minLength":
                _minLength = Count(keyword, value);
                if (_minLength > MostMinLength)
                {
                    _node.Document.Refuse(_node.Error(keyword, $"{SchemaNode.Describe(value.Value)}, and at most {MostMinLength} characters can be asked for"));
                    _minLength = 0;
                }
                break;
            case "maxLength":
                _maxLength = Count(keyword, value);
                break;
            case "pattern":
                if (Pattern(keyword, Text(keyword, value)) is { } pattern)
                    _keywords.Strings = _keywords.Strings.And(StringSet.Of(pattern));
                break;
            case "format":
                ReadFormat(Text(keyword, value));
                break;
            default:
                ReadObjectKeyword(keyword, value);
                break;
        }
    }

    void ReadObjectKeyword(string keyword, SchemaNode value)
    {
        switch (keyword)
        {
            case "properties":
                _keywords.Properties = SchemaMap(keyword, value);
                _keywords.PartsBeforeProperties = _keywords.Parts.Count;
                break;
            case "required":
                _keywords.Required.AddRange(Names(keyword, value));
                break;
            case "patternProperties":
                foreach ((string pattern, SchemaNode schema) in SchemaMap(keyword, value))
                {
                    if (Pattern(keyword, pattern) is { } names)
                        _keywords.PatternProperties.Add((names, schema));
                }
                break;
            case "additionalProperties":
                _keywords.AdditionalProperties = Schema(keyword, value);
                break;
            case "propertyNames":
                _keywords.PropertyNames = Schema(keyword, value);
                break;
            case "minProperties":
                _keywords.MinProperties = Count(keyword, value);
                break;
            case "maxProperties":
                _keywords.MaxProperties = Count(keyword, value);
                break;
            case "unevaluatedProperties" when IsFrom201909:
                _keywords.UnevaluatedProperties = Schema(keyword, value);
                break;
            default:
                ReadArrayKeyword(keyword, value);
                break;
        }
    }

    void ReadArrayKeyword(string keyword, SchemaNode value)
    {
        switch (keyword)
        {
            case "contains":
                _keywords.Contains = Schema(keyword, value);
                break;
            case "minContains" when IsFrom201909:
                _keywords.MinContains = Count(keyword, value);
                break;
            case "maxContains" when IsFrom201909:
                _keywords.MaxContains = Count(keyword, value);
                break;
            case "minItems":
                _keywords.MinItems = Count(keyword, value);
                break;
            case "maxItems":
                _keywords.MaxItems = Count(keyword, value);
                break;
            case "uniqueItems":
                _keywords.UniqueItems = Flag(keyword, value);
                break;
            case "unevaluatedItems" when IsFrom201909:
                _keywords.UnevaluatedItems = Schema(keyword, value);
                break;
            default:
                ReadPart(keyword, value);
                break;
        }
    }

    void ReadPart(string keyword, SchemaNode value)
    {
        List<SchemaPart> parts = _keywords.Parts;
        switch (keyword)
        {
            case "$ref":
                Refer(keyword, value, reference => _node.Document.Find(_node, keyword, reference));
                break;
            case "$dynamicRef":
                Refer(keyword, value, reference => _node.Document.FindDynamic(_node, reference));
                break;
            case "$recursiveRef":
                Refer(keyword, value, reference => _node.Document.FindRecursive(_node, reference));
                break;
            case "allOf":
                parts.Add(new SchemaPart.AllOf(SchemaList(keyword, value)));
                break;
            case "anyOf":
                parts.Add(new SchemaPart.AnyOf(SchemaList(keyword, value)));
                break;
            case "oneOf":
                parts.Add(new SchemaPart.OneOf(SchemaList(keyword, value)));
                break;
            case "not":
                parts.Add(new SchemaPart.Not(Schema(keyword, value)));
                break;
            case "if":
                parts.Add(new SchemaPart.If(Schema(keyword, value), Branch("then"), Branch("else")));
                break;
            case "dependentRequired":
                foreach ((string name, SchemaNode others) in Map(keyword, value))
                    parts.Add(new SchemaPart.DependentRequired(keyword, name, Names(keyword, others)));
                break;
            case "dependentSchemas":
                foreach ((string name, SchemaNode schema) in SchemaMap(keyword, value))
                    parts.Add(new SchemaPart.DependentSchema(keyword, name, schema));
                break;
            case "dependencies":
                foreach ((string name, SchemaNode member) in Map(keyword, value))
                    parts.Add(member.IsSchema ? new SchemaPart.DependentSchema(keyword, name, member) : new SchemaPart.DependentRequired(keyword, name, Names(keyword, member)));
                break;
        }
    }

    bool IsFrom201909 => _node.Document.Dialect >= SchemaDialect.Draft201909;

    void Refer(string keyword, SchemaNode value, Func<string, SchemaNode> find)
    {
        string reference = Text(keyword, value);
        try
        {
            _keywords.Parts.Add(new SchemaPart.Reference(keyword, find(reference)));
        }
        catch (JsonSchemaException exception)
        {
            _node.Document.Refuse(exception);
        }
    }

    SchemaNode? Branch(string keyword) => _node.Members.TryGetValue(keyword, out SchemaNode? branch) ? Schema(keyword, branch) : null;

    /// <summary><c>items</c> is one schema for the rest, or in older versions a list for the first ones, with <c>additionalItems</c> for the rest.</summary>
    void ReadItems()
    {
        if (_node.Members.TryGetValue("prefixItems", out SchemaNode? prefix))
            _keywords.PrefixItems = SchemaList("prefixItems", prefix);
        if (!_node.Members.TryGetValue("items", out SchemaNode? items))
            return;
        if (items.Kind != JsonValueKind.Array)
        {
            _keywords.Items = Schema("items", items);
            return;
        }
        if (prefix is not null)
            throw _node.Error("items", "a list beside 'prefixItems', expected one schema for the items that follow");
        _keywords.PrefixItems = SchemaList("items", items);
        if (_node.Members.TryGetValue("additionalItems", out SchemaNode? rest))
            _keywords.Items = Schema("additionalItems", rest);
    }

    void ReadNumbers()
    {
        // In draft 4 these are flags of the bounds beside them.
        if (_node.Members.TryGetValue("exclusiveMinimum", out SchemaNode? flag) && flag.Kind == JsonValueKind.True && _minimum is not null)
            _isMinimumLeftOut = true;
        if (_node.Members.TryGetValue("exclusiveMaximum", out flag) && flag.Kind == JsonValueKind.True && _maximum is not null)
            _isMaximumLeftOut = true;
        if (_minimum is null && _maximum is null)
            return;
        BigInteger? least = _minimum is not { } min ? null : _isMinimumLeftOut && min.IsInteger ? min.Floor() + 1 : min.Ceiling();
        BigInteger? most = _maximum is not { } max ? null : _isMaximumLeftOut && max.IsInteger ? max.Floor() - 1 : max.Floor();
        _keywords.Numbers = _keywords.Numbers.And(new(
            null, JsonNumbers.IntegerRange(least, most), JsonNumbers.FractionRange(_minimum, _isMinimumLeftOut, _maximum, _isMaximumLeftOut)));
    }

    void ReadMultipleOf(SchemaNode value)
    {
        const string keyword = "multipleOf";
        DecimalNumber divisor = Number(keyword, value);
        if (divisor.Sign <= 0)
            throw _node.Error(keyword, $"{SchemaNode.Describe(value.Value)}, expected a number above 0");
        if (JsonNumbers.TryMultiples(divisor, out RegularExpression integers, out RegularExpression fractions))
            _keywords.Numbers = _keywords.Numbers.And(new(null, integers, fractions));
        else
            _node.Document.Refuse(_node.Error(keyword, $"{SchemaNode.Describe(value.Value)} has too many digits to be enforced"));
    }

    /// <summary>Formats restrict strings, and two that OpenAPI has restrict numbers. Others are annotations.</summary>
    void ReadFormat(string format)
    {
        if (format is "int32" or "int64")
        {
            (BigInteger least, BigInteger most) = format == "int32" ? (int.MinValue, int.MaxValue) : ((BigInteger)long.MinValue, (BigInteger)long.MaxValue);
            _keywords.Numbers = _keywords.Numbers.And(new(null, JsonNumbers.IntegerRange(least, most), RegularExpression.Nothing));
        }
        else if (StringFormats.TryGet(format, out RegularExpression? language))
        {
            _keywords.Strings = _keywords.Strings.And(StringSet.Of(language));
        }
    }

    static void Tighten(ref DecimalNumber? bound, ref bool isLeftOut, DecimalNumber value, bool leaveOut, bool isLower)
    {
        int order = bound is { } known ? isLower ? value.CompareTo(known) : known.CompareTo(value) : 1;
        if (order > 0)
            (bound, isLeftOut) = (value, leaveOut);
        else if (order == 0)
            isLeftOut |= leaveOut;
    }

    JsonTypes Types(SchemaNode value)
    {
        if (value.Kind == JsonValueKind.String)
            return Type(value);
        if (value.Kind != JsonValueKind.Array || value.Items.Length == 0)
            throw Malformed("type", value, "a type or a list of types");
        JsonTypes types = JsonTypes.None;
        foreach (SchemaNode item in value.Items)
            types |= Type(item);
        return types;
    }

    JsonTypes Type(SchemaNode value) => (value.Kind == JsonValueKind.String ? JsonText.Value(value.Value) : null) switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number | JsonTypes.Integer,
        "string" => JsonTypes.String,
        "array" => JsonTypes.Array,
        "object" => JsonTypes.Object,
        _ => throw Malformed("type", value, "\"null\", \"boolean\", \"integer\", \"number\", \"string\", \"array\" or \"object\""),
    };

    JsonElement[] Values(SchemaNode value)
    {
        if (value.Kind != JsonValueKind.Array || value.Value.GetArrayLength() == 0)
            throw Malformed("enum", value, "a list of at least one value");
        JsonElement[] values = [.. value.Value.EnumerateArray()];
        foreach (JsonElement item in values)
            CheckConstant("enum", item);
        return values;
    }

    /// <summary>Numbers must be such as can be written out.</summary>
    void CheckConstant(string keyword, JsonElement constant)
    {
        if (constant.ValueKind == JsonValueKind.String)
            return;
        Stack<JsonElement> open = new([constant]);
        while (open.TryPop(out JsonElement value))
        {
            if (value.ValueKind == JsonValueKind.Number && !DecimalNumber.TryParse(value.GetRawText(), out _))
                throw _node.Error(keyword, $"{SchemaNode.Describe(value)} has more than {DecimalNumber.MaxDigits} digits");
            if (value.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement item in value.EnumerateArray())
                    open.Push(item);
            }
            else if (value.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty member in value.EnumerateObject())
                    open.Push(member.Value);
            }
        }
    }

    RegularExpression? Pattern(string keyword, string pattern)
    {
        try
        {
            return RegexPattern.Search(pattern);
        }
        catch (GrammarSyntaxException exception)
        {
            _node.Document.Refuse(_node.Error(keyword, $"{JsonText.Quote(pattern)}, column {exception.Column}: {exception.Problem}"));
            return null;
        }
    }

    DecimalNumber Number(string keyword, SchemaNode value)
    {
        if (value.Kind != JsonValueKind.Number)
            throw Malformed(keyword, value, "a number");
        return DecimalNumber.TryParse(value.Value.GetRawText(), out DecimalNumber number) ? number
            : throw _node.Error(keyword, $"{SchemaNode.Describe(value.Value)} has more than {DecimalNumber.MaxDigits} digits");
    }

    /// <summary>A number of things; beyond <see cref="int"/> the largest one.</summary>
    int Count(string keyword, SchemaNode value)
    {
        if (value.Kind != JsonValueKind.Number || value.Value.GetRawText() is not { } text)
            throw Malformed(keyword, value, "an integer of at least 0");
        if (!DecimalNumber.TryParse(text, out DecimalNumber number))
            return text.StartsWith('-') ? throw Malformed(keyword, value, "an integer of at least 0") : int.MaxValue;
        if (!number.IsInteger || number.Sign < 0)
            throw Malformed(keyword, value, "an integer of at least 0");
        return (int)BigInteger.Min(number.Floor(), int.MaxValue);
    }

    bool Flag(string keyword, SchemaNode value) =>
        value.Kind is JsonValueKind.True or JsonValueKind.False ? value.Kind == JsonValueKind.True : throw Malformed(keyword, value, "true or false");

    string Text(string keyword, SchemaNode value) => value.Kind == JsonValueKind.String ? JsonText.Value(value.Value) : throw Malformed(keyword, value, "a text");

    string[] Names(string keyword, SchemaNode value) =>
        value.Kind == JsonValueKind.Array && Array.TrueForAll(value.Items, item => item.Kind == JsonValueKind.String)
            ? [.. value.Items.Select(item => JsonText.Value(item.Value)).Distinct(StringComparer.Ordinal)]
            : throw Malformed(keyword, value, "a list of names");

    SchemaNode Schema(string keyword, SchemaNode value) => value.IsSchema ? value : throw Malformed(keyword, value, "a schema");

    SchemaNode[] SchemaList(string keyword, SchemaNode value) =>
        value.Kind == JsonValueKind.Array && value.Items.Length > 0 && Array.TrueForAll(value.Items, item => item.IsSchema)
            ? value.Items
            : throw Malformed(keyword, value, "a list of at least one schema");

    OrderedDictionary<string, SchemaNode> Map(string keyword, SchemaNode value) =>
        value.Kind == JsonValueKind.Object ? value.Members : throw Malformed(keyword, value, "an object");

    OrderedDictionary<string, SchemaNode> SchemaMap(string keyword, SchemaNode value)
    {
        foreach ((string name, SchemaNode member) in Map(keyword, value))
        {
            if (!member.IsSchema)
                throw _node.Error(keyword, $"{JsonText.Quote(name)} is {SchemaNode.Describe(member.Value)}, expected a schema");
        }
        return value.Members;
    }

    JsonSchemaException Malformed(string keyword, SchemaNode value, string expected) => _node.Error(keyword, $"{SchemaNode.Describe(value.Value)}, expected {expected}");
}
