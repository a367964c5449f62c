using System.Text.Json;

namespace Chorale.Inference;

/// <summary>Reads a JSON document of a checkpoint in order; every mistake in it is a <see cref="CheckpointFormatException"/>.</summary>
/// <param name="json">The whole document, UTF-8.</param>
/// <param name="path">For messages.</param>
ref struct JsonCursor(ReadOnlySpan<byte> json, string path)
{
    Utf8JsonReader _reader = new(json);

    /// <summary>What is being read, for messages: <c>tensor 'norm.scale'</c>.</summary>
    public string? Place { get; set; }

    /// <summary>What was read last.</summary>
    public readonly JsonTokenType Token => _reader.TokenType;

    /// <summary>Goes on to what comes next, which must be there.</summary>
    public JsonTokenType Read()
    {
        bool read;
        try
        {
            read = _reader.Read();
        }
        catch (JsonException)
        {
            throw Error($"found broken JSON at byte {_reader.BytesConsumed}.");
        }
        return read ? _reader.TokenType : throw Error("found the end of the JSON, expected more of it.");
    }

    /// <summary>Goes on to what comes next, which must be the beginning of an array or an object.</summary>
    public void Read(JsonTokenType expected)
    {
        if (Read() != expected)
            throw Unexpected(expected == JsonTokenType.StartObject ? "an object" : "an array");
    }

    /// <summary>Checks that nothing but blanks is left.</summary>
    public void ReadEnd()
    {
        try
        {
            if (!_reader.Read())
                return;
        }
        catch (JsonException)
        {
            // told below
        }
        throw Error($"found more after the end of the JSON, at byte {_reader.BytesConsumed}.");
    }

    /// <summary>Passes over the value of the name that was read last.</summary>
    public void Skip()
    {
        try
        {
            _reader.Skip();
        }
        catch (JsonException)
        {
            throw Error($"found broken JSON at byte {_reader.BytesConsumed}.");
        }
    }

    /// <summary>Goes on to the next name of an object; false at the end of the object.</summary>
    public bool ReadName() => Read() == JsonTokenType.PropertyName;

    /// <summary>The name or string that was read last.</summary>
    public readonly string Text()
    {
        if (_reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            throw Unexpected("a string");
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error("found a string that is not UTF-8.");
        }
    }

    /// <summary>Whether the name or string that was read last is this one, spelled without escapes.</summary>
    public readonly bool Is(ReadOnlySpan<byte> text) => !_reader.ValueIsEscaped && _reader.ValueTextEquals(text);

    /// <summary>The number that was read last, which must be whole and not negative.</summary>
    public readonly long Whole() =>
        _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out long value) && value >= 0 ? value : throw Unexpected("a whole number");

    /// <summary>The number that was read last: a <see cref="long"/> where it is written as one, else a <see cref="double"/>.</summary>
    public readonly object Number() => _reader.TryGetInt64(out long whole) ? (object)whole : _reader.GetDouble();

    public readonly CheckpointFormatException Unexpected(string expected) => Error($"found {Found}, expected {expected}.");

    public readonly CheckpointFormatException Error(string problem) => new(path, Place, problem);

    readonly string Found => _reader.TokenType switch
    {
        JsonTokenType.StartObject or JsonTokenType.EndObject => "an object",
        JsonTokenType.StartArray or JsonTokenType.EndArray => "an array",
        JsonTokenType.Number => System.Text.Encoding.ASCII.GetString(_reader.ValueSpan[..Math.Min(_reader.ValueSpan.Length, 40)]),
        JsonTokenType.String => "a string",
        JsonTokenType.PropertyName => "a name",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => "null",
    };
}
