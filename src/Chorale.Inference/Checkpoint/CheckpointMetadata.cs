using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Chorale.Inference;

/// <summary>The keys of a GGUF file or of a <c>config.json</c> and their values.</summary>
/// <remarks>
/// A value is a <see cref="string"/>, a <see cref="bool"/>, one of the eight integer types, a <see cref="float"/>, a
/// <see cref="double"/>, or an <see cref="IReadOnlyList{T}"/> of one of these. JSON gives <see cref="long"/> or <see cref="double"/> for a number,
/// another <see cref="CheckpointMetadata"/> for an object, a list of <see cref="object"/> for an array of unlike things, and nothing at all for null.
/// All of it is copied out of the file and outlives it. A list of GGUF's strings decodes an element each time it is asked for. Immutable; threads
/// may share it.
/// </remarks>
public sealed class CheckpointMetadata : IReadOnlyDictionary<string, object>
{
    readonly string _prefix;
    readonly OrderedDictionary<string, object> _values;

    /// <summary>Takes the keys.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="values">The keys and values, which nobody changes any more.</param>
    /// <param name="prefix">What stands before the keys in messages: <c>rope_scaling.</c> for the object of that key.</param>
    internal CheckpointMetadata(string path, OrderedDictionary<string, object> values, string prefix = "") => (Path, _values, _prefix) = (path, values, prefix);

    /// <summary>The file, for messages.</summary>
    internal string Path { get; }

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <summary>The keys, in the order of the file.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    /// <inheritdoc/>
    public IEnumerable<object> Values => _values.Values;

    /// <inheritdoc/>
    public object this[string key] => _values[key];

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object value) => _values.TryGetValue(key, out value);

    /// <summary>The value of a key that must be there. Integers of any width count as each other where the value fits, both floats count as each other, and integers as floats.</summary>
    /// <typeparam name="T">A string, a bool, a number, a <see cref="CheckpointMetadata"/>, or an <see cref="IReadOnlyList{T}"/> of these.</typeparam>
    /// <exception cref="CheckpointFormatException">The key is missing or holds something else.</exception>
    public T Get<T>(string key)
        where T : notnull =>
        TryGet<T>(key, out T? value) ? value : throw Error(key, $"missing, expected {NameOf(typeof(T))}.");

    /// <summary>The value of a key, or <paramref name="whenMissing"/>.</summary>
    /// <exception cref="CheckpointFormatException">The key holds something else than a <typeparamref name="T"/>.</exception>
    public T Get<T>(string key, T whenMissing)
        where T : notnull =>
        TryGet<T>(key, out T? value) ? value : whenMissing;

    /// <summary>The value of a key; false where the file has no such key.</summary>
    /// <exception cref="CheckpointFormatException">The key holds something else than a <typeparamref name="T"/>.</exception>
    public bool TryGet<T>(string key, [MaybeNullWhen(false)] out T value)
        where T : notnull
    {
        value = default;
        if (!_values.TryGetValue(key, out object? found))
            return false;
        if (!TryConvert(found, out value))
            throw Error(key, $"found {Describe(found)}, expected {NameOf(typeof(T))}.");
        return true;
    }

    internal CheckpointFormatException Error(string key, string problem) => new(Path, $"key '{_prefix}{key}'", problem);

    static bool TryConvert<T>(object found, [MaybeNullWhen(false)] out T value)
        where T : notnull
    {
        object? converted = default(T) switch
        {
            _ when found is T => found,
            int when TryToInteger(found, out Int128 i) && i >= int.MinValue && i <= int.MaxValue => (int)i,
            uint when TryToInteger(found, out Int128 i) && i >= 0 && i <= uint.MaxValue => (uint)i,
            long when TryToInteger(found, out Int128 i) && i >= long.MinValue && i <= long.MaxValue => (long)i,
            ulong when TryToInteger(found, out Int128 i) && i >= 0 => (ulong)i,
            float when found is double d => (float)d,
            float when TryToInteger(found, out Int128 i) => (float)i,
            double when found is float f => (double)f,
            double when TryToInteger(found, out Int128 i) => (double)i,
            _ => null,
        };
        bool fits = converted is T;
        value = fits ? (T)converted! : default;
        return fits;
    }

    static bool TryToInteger(object found, out Int128 value)
    {
        (bool isInteger, value) = found switch
        {
            byte v => (true, (Int128)v),
            sbyte v => (true, v),
            ushort v => (true, v),
            short v => (true, v),
            uint v => (true, v),
            int v => (true, v),
            ulong v => (true, v),
            long v => (true, v),
            _ => (false, 0),
        };
        return isInteger;
    }

    static string Describe(object found) => found switch
    {
        string s => s.Length <= 40 ? $"string '{s}'" : $"string '{s[..40]}…'",
        CheckpointMetadata { Count: var count } => $"object of {count} keys",
        ICollection { Count: var count } => $"{NameOf(found.GetType())} of {count}",
        IFormattable f => $"{NameOf(found.GetType())} {f.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}",
        _ => $"{NameOf(found.GetType())} {found}",
    };

    static string NameOf(Type type)
    {
        Type? list = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type : null;
        if (list is not null)
            return $"array of {NameOf(list.GetGenericArguments()[0])}";
        return type.Name switch
        {
            nameof(Byte) => "u8",
            nameof(SByte) => "i8",
            nameof(UInt16) => "u16",
            nameof(Int16) => "i16",
            nameof(UInt32) => "u32",
            nameof(Int32) => "i32",
            nameof(UInt64) => "u64",
            nameof(Int64) => "i64",
            nameof(Single) => "f32",
            nameof(Double) => "f64",
            nameof(Boolean) => "bool",
            nameof(String) => "string",
            nameof(Utf8StringList) => "array of string",
            nameof(CheckpointMetadata) => "object",
            _ => "array",
        };
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
