using System.Diagnostics.CodeAnalysis;

namespace Chorale.Grammar;

static class StringFormats
{
    public static bool TryGet(string format, [NotNullWhen(true)] out RegularExpression? language)
    {
        language = null;
        return false;
    }
}
