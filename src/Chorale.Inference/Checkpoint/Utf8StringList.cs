using System.Collections;
using System.Text;

namespace Chorale.Inference;

/// <summary>Many strings as one run of UTF-8: a vocabulary of 446,189 merges costs two arrays, not half a million objects.</summary>
/// <param name="bytes">All strings, each with the eight bytes of its length before it.</param>
/// <param name="ends">Where each string ends in <paramref name="bytes"/>.</param>
sealed class Utf8StringList(byte[] bytes, int[] ends) : IReadOnlyList<string>, ICollection
{
    internal const int LengthBytes = sizeof(ulong);

    public int Count => ends.Length;

    public string this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, ends.Length);
            int start = (index == 0 ? 0 : ends[index - 1]) + LengthBytes;
            return Encoding.UTF8.GetString(bytes, start, ends[index] - start);
        }
    }

    public IEnumerator<string> GetEnumerator()
    {
        for (int i = 0; i < ends.Length; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => this;

    void ICollection.CopyTo(Array array, int index)
    {
        foreach (string s in this)
            array.SetValue(s, index++);
    }
}
