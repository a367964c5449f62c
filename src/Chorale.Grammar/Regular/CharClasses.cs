namespace Chorale.Grammar;

/// <summary>
/// The scalar values in classes that a regular expression cannot tell apart: those that are in the same of its sets. Immutable.
/// </summary>
sealed class CharClasses
{
    const int Ascii = 128, Surrogates = 0xD800, AfterSurrogates = 0xE000, AfterLast = 0x110000;

    // A class's characters as a person would write them: the first of these that is in it stands for it.
    const string Preferred = "a0 A-._:/1bBx";

    readonly int[] _starts;       // where an interval begins, ascending; it ends before the next
    readonly short[] _classes;    // of each interval; -1 for surrogates
    readonly short[] _ascii = new short[Ascii];
    readonly ByteSet[] _firstBytes;
    readonly int[] _representatives;
    readonly short[] _ofFirstBytes = new short[256];    // the class of all characters that begin with a byte; -1 where there are several or none

    CharClasses(int[] starts, short[] classes, int count)
    {
        (_starts, _classes, Count) = (starts, classes, count);
        for (int scalar = 0; scalar < Ascii; scalar++)
            _ascii[scalar] = (short)Find(scalar);
        _firstBytes = new ByteSet[count];
        _representatives = new int[count];
        Array.Fill(_representatives, -1);
        for (int i = 0; i < starts.Length; i++)
        {
            if (classes[i] < 0)
                continue;
            AddFirstBytes(ref _firstBytes[classes[i]], starts[i], EndOf(i) - 1);
            if (_representatives[classes[i]] < 0)
                _representatives[classes[i]] = FirstPrintable(starts[i], EndOf(i) - 1);
        }
        foreach (char preferred in Preferred.Reverse())
            _representatives[_ascii[preferred]] = preferred;
        for (int value = 0; value < _ofFirstBytes.Length; value++)
        {
            int[] owners = [.. Enumerable.Range(0, count).Where(c => _firstBytes[c].Contains((byte)value)).Take(2)];
            _ofFirstBytes[value] = (short)(owners is [var only] ? only : -1);
        }
    }

    public int Count { get; }

    /// <summary>The classes of the sets.</summary>
    public static CharClasses Of(IReadOnlyCollection<CharSet> sets)
    {
        SortedSet<int> edges = [0, Surrogates, AfterSurrogates];
        foreach (CharSet set in sets)
        {
            foreach ((int first, int last) in set.Ranges)
            {
                edges.Add(first);
                if (last + 1 < AfterLast)
                    edges.Add(last + 1);
            }
        }
        List<int> starts = [];
        List<short> classes = [];
        Dictionary<string, short> known = new(StringComparer.Ordinal);
        char[] members = new char[sets.Count];
        foreach (int start in edges)
        {
            short found = -1;
            if (start is < Surrogates or >= AfterSurrogates)
            {
                int i = 0;
                foreach (CharSet set in sets)
                    members[i++] = set.Contains(start) ? '1' : '0';
                string key = new(members);
                if (!known.TryGetValue(key, out found))
                {
                    found = checked((short)known.Count);
                    known.Add(key, found);
                }
            }
            if (classes.Count > 0 && classes[^1] == found)
                continue;
            starts.Add(start);
            classes.Add(found);
        }
        return new([.. starts], [.. classes], known.Count);
    }

    /// <summary>The class of a scalar value; -1 for a surrogate.</summary>
    public int this[int scalar] => (uint)scalar < Ascii ? _ascii[scalar] : Find(scalar);

    /// <summary>The bytes that characters of a class begin with in UTF-8.</summary>
    public ref readonly ByteSet FirstBytes(int charClass) => ref _firstBytes[charClass];

    /// <summary>The class of all characters that begin with a byte in UTF-8; -1 where there are several or none.</summary>
    public int OfFirstByte(byte first) => _ofFirstBytes[first];

    /// <summary>A character of the class.</summary>
    public int Representative(int charClass) => _representatives[charClass];

    /// <summary>The one class that all scalar values of a range are in, which has some; -1 where there are several.</summary>
    public int ClassOf(int first, int last)
    {
        int interval = IntervalOf(first);
        int only = _classes[interval];
        for (interval++; interval < _starts.Length && _starts[interval] <= last; interval++)
        {
            if (_classes[interval] < 0)
                continue;
            if (only >= 0 && _classes[interval] != only)
                return -1;
            only = _classes[interval];
        }
        return only;
    }

    /// <summary>Whether a class with a property has a scalar value in a range.</summary>
    public bool Any(int first, int last, Func<int, bool> holds)
    {
        for (int interval = IntervalOf(first); interval < _starts.Length && _starts[interval] <= last; interval++)
        {
            if (_classes[interval] >= 0 && holds(_classes[interval]))
                return true;
        }
        return false;
    }

    /// <summary>A scalar value of a range whose class has a property; -1 where none has.</summary>
    public int FirstOf(int first, int last, Func<int, bool> holds)
    {
        for (int interval = IntervalOf(first); interval < _starts.Length && _starts[interval] <= last; interval++)
        {
            if (_classes[interval] >= 0 && holds(_classes[interval]))
                return Math.Max(first, _starts[interval]);
        }
        return -1;
    }

    int Find(int scalar) => _classes[IntervalOf(scalar)];

    int IntervalOf(int scalar)
    {
        int at = Array.BinarySearch(_starts, scalar);
        return at >= 0 ? at : ~at - 1;
    }

    int EndOf(int interval) => interval + 1 < _starts.Length ? _starts[interval + 1] : AfterLast;

    static int FirstPrintable(int first, int last) => first < ' ' && last >= ' ' ? ' ' : first;

    static void AddFirstBytes(ref ByteSet bytes, int first, int last)
    {
        for (int value = FirstByte(first); value <= FirstByte(last); value++)
        {
            if (value is < 0x80 or >= 0xC2)    // the others begin no character
                bytes.Add((byte)value);
        }
    }

    static int FirstByte(int scalar) => scalar switch
    {
        < 0x80 => scalar,
        < 0x800 => 0xC0 | (scalar >> 6),
        < 0x10000 => 0xE0 | (scalar >> 12),
        _ => 0xF0 | (scalar >> 18),
    };
}
