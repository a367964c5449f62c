using System.Numerics;
using System.Runtime.CompilerServices;

namespace Chorale.Templates;

/// <summary>Python's operators and functions, over the values of a template; what Python refuses is an error of <see cref="TemplateErrorKind.Python"/>.</summary>
static class PythonOperations
{
    /// <summary>Larger numbers are of no use to a template, and Python does not print them.</summary>
    const long MaxBits = 14_000;

    /// <summary>Whether a list is the messages or a slice of them, and where in them it begins.</summary>
    public static bool IsMessages(TemplateValue value, Rendering rendering, out int start, out int step)
    {
        if (ReferenceEquals(value, rendering.Messages))
        {
            (start, step) = (0, 1);
            return true;
        }
        (start, step) = value is ListValue list ? (list.MessageStart, list.MessageStep) : (0, 0);
        return step != 0;
    }

    /// <summary><c>str(x)</c>.</summary>
    public static StringValue ToText(TemplateValue value, Rendering rendering)
    {
        if (value is StringValue text)
            return text;
        using Output output = rendering.NewOutput();
        PythonText.Write(output, value);
        return output.ToValue();
    }

    /// <summary>The members of what can be iterated.</summary>
    public static TemplateValue[] Iterate(TemplateValue value, Budget budget)
    {
        switch (value)
        {
            case ListValue list:
                return list.Members;
            case DictionaryValue dictionary:
                budget.SpendOn(dictionary.Count);
                TemplateValue[] keys = new TemplateValue[dictionary.Count];
                for (int i = 0; i < keys.Length; i++)
                    keys[i] = new StringValue(dictionary.Keys[i], PieceKind.Caller);
                return keys;
            case StringValue text:
                return Characters(text, budget);
            case ItemsValue items:
                budget.SpendOn(items.Count);
                return items.ToPairs();
            case IteratorValue iterator:
                return iterator.Take();
            case UndefinedValue:
                return [];
            default:
                throw Error($"'{value.TypeName}' object is not iterable");
        }
    }

    /// <summary><c>len(x)</c>.</summary>
    public static int Length(TemplateValue value, Budget budget)
    {
        switch (value)
        {
            case StringValue text:
                budget.SpendOn(text.Value.Length);
                return CountCharacters(text.Value);
            case ListValue list:
                return list.Members.Length;
            case DictionaryValue dictionary:
                return dictionary.Count;
            case ItemsValue items:
                return items.Count;
            case UndefinedValue:
                return 0;
            default:
                throw Error($"object of type '{value.TypeName}' has no len()");
        }
    }

    /// <summary><c>a + b</c>.</summary>
    public static TemplateValue Add(TemplateValue left, TemplateValue right, Rendering rendering)
    {
        if (left is StringValue a && right is StringValue b)
            return Join(a, b, rendering);
        ThrowIfUndefined(left, right);
        if (left is ListValue one && right is ListValue other && one.IsTuple == other.IsTuple)
        {
            rendering.Budget.SpendOn(8 * (one.Members.Length + other.Members.Length));
            if (one.Members.Length + other.Members.Length > rendering.Budget.MaxLength / 8)
                throw new TemplateRenderException(TemplateErrorKind.Limit, "a list is too long");
            return new ListValue([.. one.Members, .. other.Members], one.IsTuple);
        }
        if (TryNumbers(left, right, out BigInteger x, out BigInteger y, out double u, out double v))
            return double.IsNaN(u) ? Whole(x + y) : new FloatValue(u + v);
        throw left is StringValue or ListValue
            ? Error($"can only concatenate {left.TypeName} (not \"{right.TypeName}\") to {left.TypeName}")
            : Error($"unsupported operand type(s) for +: '{left.TypeName}' and '{right.TypeName}'");
    }

    /// <summary><c>a - b</c>.</summary>
    public static TemplateValue Subtract(TemplateValue left, TemplateValue right)
    {
        ThrowIfUndefined(left, right);
        if (TryNumbers(left, right, out BigInteger x, out BigInteger y, out double u, out double v))
            return double.IsNaN(u) ? Whole(x - y) : new FloatValue(u - v);
        throw Error($"unsupported operand type(s) for -: '{left.TypeName}' and '{right.TypeName}'");
    }

    /// <summary><c>-x</c> or <c>+x</c>.</summary>
    public static TemplateValue Negate(TemplateValue value, bool isPlus) => value switch
    {
        UndefinedValue undefined => throw undefined.Error(),
        BooleanValue boolean => IntegerValue.Of(boolean.Value ? (isPlus ? 1 : -1) : 0),
        IntegerValue integer => isPlus ? integer : IntegerValue.Of(-integer.Value),
        FloatValue number => isPlus ? number : new FloatValue(-number.Value),
        _ => throw Error($"bad operand type for unary {(isPlus ? '+' : '-')}: '{value.TypeName}'"),
    };

    /// <summary>Whether a comparison holds.</summary>
    public static bool Compare(Comparison comparison, TemplateValue left, TemplateValue right, Budget budget) => comparison switch
    {
        Comparison.Equal => AreEqual(left, right, budget),
        Comparison.NotEqual => !AreEqual(left, right, budget),
        Comparison.In => Contains(right, left, budget),
        Comparison.NotIn => !Contains(right, left, budget),
        Comparison.Less => Order("<", left, right, budget) is < 0,
        Comparison.LessOrEqual => Order("<=", left, right, budget) is <= 0,
        Comparison.Greater => Order(">", left, right, budget) is > 0,
        _ => Order(">=", left, right, budget) is >= 0,
    };

    /// <summary><c>a == b</c>.</summary>
    public static bool AreEqual(TemplateValue left, TemplateValue right, Budget budget)
    {
        if (left is StringValue a)
        {
            if (right is not StringValue b || a.Value.Length != b.Value.Length)
                return false;
            if (a.Value.Length > 64)
                budget.SpendOn(a.Value.Length);
            return a.Value == b.Value;
        }
        if (ReferenceEquals(left, right))
            return true;
        switch (left)
        {
            case UndefinedValue:
                return right is UndefinedValue;
            case ListValue list:
                return right is ListValue other && other.IsTuple == list.IsTuple && AreEqual(list.Members, other.Members, budget);
            case DictionaryValue dictionary:
                return right is DictionaryValue second && AreEqual(dictionary, second, budget);
            case BooleanValue or IntegerValue or FloatValue:
                return TryNumbers(left, right, out BigInteger x, out BigInteger y, out double u, out double v, exactly: true) && (double.IsNaN(u) ? x == y : u.Equals(v) || (u == 0 && v == 0));
            default:
                return false;
        }
    }

    /// <summary><c>item in container</c>.</summary>
    public static bool Contains(TemplateValue container, TemplateValue item, Budget budget)
    {
        switch (container)
        {
            case StringValue text:
                budget.SpendOnSearch(text.Value.Length, item.Text?.Length ?? 0);
                return item is StringValue part
                    ? text.Value.Contains(part.Value, StringComparison.Ordinal)
                    : throw Error($"'in <string>' requires string as left operand, not {item.TypeName}");
            case DictionaryValue dictionary:
                return item switch
                {
                    StringValue key => dictionary.Contains(key.Value),
                    DictionaryValue or ListValue { IsTuple: false } => throw Error($"unhashable type: '{item.TypeName}'"),
                    _ => false,
                };
            case ListValue or ItemsValue or IteratorValue or UndefinedValue:
                foreach (TemplateValue member in Iterate(container, budget))
                {
                    budget.Spend(1);
                    if (AreEqual(member, item, budget))
                        return true;
                }
                return false;
            default:
                throw Error($"argument of type '{container.TypeName}' is not iterable");
        }
    }

    /// <summary><c>x[index]</c>: an entry, or else an attribute.</summary>
    /// <param name="value">The owner.</param>
    /// <param name="index">The index or key.</param>
    /// <param name="budget">Pays for finding a character.</param>
    /// <param name="place">The index in a list, counted from its start; -1 where this is none.</param>
    public static TemplateValue GetItem(TemplateValue value, TemplateValue index, Budget budget, out int place)
    {
        place = -1;
        if (value is UndefinedValue undefined)
            throw undefined.Error();
        if (index is StringValue key)
        {
            return value is DictionaryValue dictionary && dictionary.TryGet(key.Value, out TemplateValue? entry)
                ? entry
                : PythonAttributes.Find(value, key.Value) ?? UndefinedValue.Attribute(value, key.Value);
        }
        if (value is ListValue or StringValue && AsInteger(index) is { } number)
        {
            if (value is StringValue whole)
                budget.SpendOn(whole.Value.Length);
            int count = value is ListValue list ? list.Members.Length : CountCharacters(((StringValue)value).Value);
            BigInteger at = number < 0 ? number + count : number;
            if (at >= 0 && at < count)
            {
                place = (int)at;
                return value is ListValue members ? members.Members[place] : CharacterAt((StringValue)value, place);
            }
        }
        return UndefinedValue.Element(value, index is StringValue or BooleanValue or IntegerValue or FloatValue or NoneValue ? index.ToString() : index.TypeName);
    }

    /// <summary><c>x[start:stop:step]</c>; null for a part that is absent.</summary>
    public static TemplateValue Slice(TemplateValue value, TemplateValue? start, TemplateValue? stop, TemplateValue? step, Rendering rendering)
    {
        switch (value)
        {
            case UndefinedValue undefined:
                throw undefined.Error();
            case ListValue list:
                (int from, int stride, int count) = Range(list.Members.Length, start, stop, step);
                rendering.Budget.SpendOn(8 * count);
                TemplateValue[] members = new TemplateValue[count];
                for (int i = 0; i < count; i++)
                    members[i] = list.Members[from + (i * stride)];
                return IsMessages(value, rendering, out int first, out int messageStep)
                    ? new ListValue(members, list.IsTuple) { MessageStart = first + (from * messageStep), MessageStep = stride * messageStep }
                    : new ListValue(members, list.IsTuple);
            case StringValue text:
                TemplateValue[] characters = Characters(text, rendering.Budget);
                (from, stride, count) = Range(characters.Length, start, stop, step);
                using (Output output = rendering.NewOutput())
                {
                    for (int i = 0; i < count; i++)
                        output.Append((StringValue)characters[from + (i * stride)]);
                    return output.ToValue();
                }
            case DictionaryValue:
                throw Error("unhashable type: 'slice'");
            default:
                throw Error($"'{value.TypeName}' object is not subscriptable");
        }
    }

    /// <summary>Appends <c>separator.join(map(str, value))</c>.</summary>
    public static void Join(Output output, TemplateValue value, TemplateValue? separator, Rendering rendering)
    {
        StringValue between = separator is null ? StringValue.Empty : ToText(separator, rendering);
        bool first = true;
        foreach (TemplateValue member in Iterate(value, rendering.Budget))
        {
            if (!first)
                output.Append(between);
            PythonText.Write(output, member);
            first = false;
        }
    }

    public static TemplateRenderException Error(string reason) => new(TemplateErrorKind.Python, "TypeError: " + reason);

    /// <summary>How many code points.</summary>
    public static int CountCharacters(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyInRange('\uD800', '\uDFFF'))
            return text.Length;
        int count = 0;
        for (int i = 0; i < text.Length; i++, count++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                i++;
        }
        return count;
    }

    static void ThrowIfUndefined(TemplateValue left, TemplateValue right)
    {
        if (left is UndefinedValue first)
            throw first.Error();
        if (right is UndefinedValue second)
            throw second.Error();
    }

    static StringValue Join(StringValue left, StringValue right, Rendering rendering)
    {
        if (right.Value.Length == 0)
            return left;
        if (left.Value.Length == 0)
            return right;
        int length = left.Value.Length + right.Value.Length;
        rendering.Budget.SpendOn(length);
        if (length < 0 || length > rendering.Budget.MaxLength)
            rendering.Budget.ThrowLength();
        string text = left.Value + right.Value;
        if (!rendering.KeepsRuns || (left.First == right.First && left.Runs.IsEmpty && right.Runs.IsEmpty))
            return new StringValue(text, left.First);
        List<TextRun> runs = [];
        Append(left, 0);
        Append(right, left.Value.Length);
        return new StringValue(text, [.. runs]);

        void Append(StringValue part, int offset)
        {
            if (part.Runs.IsEmpty)
                Extend(offset + part.Value.Length, part.First);
            foreach (TextRun run in part.Runs)
                Extend(offset + run.End, run.Kind);
        }

        void Extend(int end, PieceKind kind)
        {
            if (runs is [.., { } last] && last.Kind == kind)
                runs[^1] = last with { End = end };
            else
                runs.Add(new TextRun(end, kind));
        }
    }

    static IntegerValue Whole(BigInteger value) =>
        value.GetBitLength() <= MaxBits ? IntegerValue.Of(value) : throw new TemplateRenderException(TemplateErrorKind.Limit, "an integer is too large");

    static BigInteger? AsInteger(TemplateValue value) => value switch
    {
        BooleanValue boolean => boolean.Value ? 1 : 0,
        IntegerValue integer => integer.Value,
        _ => null,
    };

    /// <summary>Both as integers, or both as floats where one is a float; <paramref name="u"/> is not a number for integers.</summary>
    static bool TryNumbers(TemplateValue left, TemplateValue right, out BigInteger x, out BigInteger y, out double u, out double v, bool exactly = false)
    {
        (x, y, u, v) = (0, 0, double.NaN, double.NaN);
        if (left is FloatValue || right is FloatValue)
        {
            if (left is not FloatValue && AsInteger(left) is null || (right is not FloatValue && AsInteger(right) is null))
                return false;
            if (exactly && (left is not FloatValue || right is not FloatValue))
            {
                double number = left is FloatValue a ? a.Value : ((FloatValue)right).Value;
                BigInteger integer = AsInteger(left is FloatValue ? right : left)!.Value;
                if (!double.IsFinite(number) || Math.Floor(number) != number)
                {
                    (u, v) = (0, 1);   // never equal to an integer
                    return true;
                }
                (x, y) = (new BigInteger(number), integer);
                return true;
            }
            (u, v) = (AsFloat(left), AsFloat(right));
            return true;
        }
        if (AsInteger(left) is not { } one || AsInteger(right) is not { } other)
            return false;
        (x, y) = (one, other);
        return true;
    }

    static double AsFloat(TemplateValue value)
    {
        if (value is FloatValue number)
            return number.Value;
        double converted = (double)AsInteger(value)!.Value;
        return double.IsFinite(converted) ? converted : throw new TemplateRenderException(TemplateErrorKind.Python, "OverflowError: int too large to convert to float");
    }

    static bool AreEqual(TemplateValue[] left, TemplateValue[] right, Budget budget)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw PythonText.TooDeep();
        if (left.Length != right.Length)
            return false;
        for (int i = 0; i < left.Length; i++)
        {
            budget.Spend(1);
            if (!AreEqual(left[i], right[i], budget))
                return false;
        }
        return true;
    }

    static bool AreEqual(DictionaryValue left, DictionaryValue right, Budget budget)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw PythonText.TooDeep();
        if (left.Count != right.Count)
            return false;
        for (int i = 0; i < left.Count; i++)
        {
            budget.Spend(1);
            if (!right.TryGet(left.Keys[i], out TemplateValue? other) || !AreEqual(left.Values[i], other, budget))
                return false;
        }
        return true;
    }

    /// <summary>Below, at or above 0 as left is less than, equal to or more than right; null where they have no order but may be asked.</summary>
    static int? Order(string sign, TemplateValue left, TemplateValue right, Budget budget)
    {
        ThrowIfUndefined(left, right);
        if (left is StringValue a && right is StringValue b)
        {
            budget.SpendOn(Math.Min(a.Value.Length, b.Value.Length));
            return OrderTexts(a.Value, b.Value);
        }
        if (left is ListValue one && right is ListValue other && one.IsTuple == other.IsTuple)
        {
            if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
                throw PythonText.TooDeep();
            for (int i = 0; i < Math.Min(one.Members.Length, other.Members.Length); i++)
            {
                budget.Spend(1);
                if (!AreEqual(one.Members[i], other.Members[i], budget))
                    return Order(sign, one.Members[i], other.Members[i], budget);
            }
            return one.Members.Length.CompareTo(other.Members.Length);
        }
        if (TryNumbers(left, right, out BigInteger x, out BigInteger y, out double u, out double v, exactly: false))
            return double.IsNaN(u) ? x.CompareTo(y) : u.CompareTo(v);
        throw Error($"'{sign}' not supported between instances of '{left.TypeName}' and '{right.TypeName}'");
    }

    /// <summary>By code points: surrogates come behind all other units.</summary>
    static int OrderTexts(string left, string right)
    {
        int common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
            return left.Length.CompareTo(right.Length);
        (char a, char b) = (left[common], right[common]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }

    static StringValue CharacterAt(StringValue text, int place)
    {
        string value = text.Value;
        if (!value.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return text.Slice(place, 1);
        for (int i = 0; ; place--)
        {
            int length = i + 1 < value.Length && char.IsSurrogatePair(value[i], value[i + 1]) ? 2 : 1;
            if (place == 0)
                return text.Slice(i, length);
            i += length;
        }
    }

    static TemplateValue[] Characters(StringValue text, Budget budget)
    {
        string value = text.Value;
        budget.Spend(4L * value.Length);   // each becomes a value of its own
        TemplateValue[] characters = new TemplateValue[CountCharacters(value)];
        for (int i = 0, place = 0; place < characters.Length; place++)
        {
            int length = i + 1 < value.Length && char.IsSurrogatePair(value[i], value[i + 1]) ? 2 : 1;
            characters[place] = text.Slice(i, length);
            i += length;
        }
        return characters;
    }

    /// <summary>A slice as Python's <c>slice.indices</c> and <c>range</c> give it.</summary>
    static (int Start, int Step, int Count) Range(int length, TemplateValue? start, TemplateValue? stop, TemplateValue? step)
    {
        BigInteger stride = Index(step) ?? 1;
        if (stride.IsZero)
            throw new TemplateRenderException(TemplateErrorKind.Python, "ValueError: slice step cannot be zero");
        bool backwards = stride < 0;
        (BigInteger least, BigInteger most) = backwards ? (-1, length - 1) : ((BigInteger)0, (BigInteger)length);
        BigInteger from = Clamp(Index(start), backwards ? most : least);
        BigInteger to = Clamp(Index(stop), backwards ? least : most);
        BigInteger span = backwards ? from - to : to - from;
        BigInteger size = BigInteger.Abs(stride);
        BigInteger count = span <= 0 ? 0 : (span + size - 1) / size;
        return ((int)from, count <= 1 ? Math.Sign((int)BigInteger.Max(-1, BigInteger.Min(1, stride))) : (int)stride, (int)count);

        BigInteger Clamp(BigInteger? at, BigInteger otherwise)
        {
            if (at is not { } value)
                return otherwise;
            if (value < 0)
                value += length;
            return BigInteger.Max(least, BigInteger.Min(most, value));
        }

        static BigInteger? Index(TemplateValue? value) => value switch
        {
            null or NoneValue => null,
            _ => AsInteger(value) ?? throw Error("slice indices must be integers or None or have an __index__ method"),
        };
    }
}
