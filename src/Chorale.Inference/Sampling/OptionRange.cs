using System.Runtime.CompilerServices;

namespace Chorale.Inference;

/// <summary>Checks an option where it is set; the error names the option.</summary>
static class OptionRange
{
    public static float In(float value, float lowest, float highest, [CallerMemberName] string option = "") =>
        value >= lowest && value <= highest ? value
            : throw new ArgumentOutOfRangeException(option, value, $"{option} must lie in [{lowest}, {highest}].");

    public static float Above(float value, float bound, float highest, [CallerMemberName] string option = "") =>
        value > bound && value <= highest ? value
            : throw new ArgumentOutOfRangeException(option, value, $"{option} must lie in ({bound}, {highest}].");

    public static int? AtLeast(int? value, int lowest, [CallerMemberName] string option = "") =>
        value is null || value >= lowest ? value
            : throw new ArgumentOutOfRangeException(option, value, $"{option} must be {lowest} or more.");

    public static T? Defined<T>(T? value, [CallerMemberName] string option = "")
        where T : struct, Enum =>
        value is not { } given || Enum.IsDefined(given) ? value
            : throw new ArgumentOutOfRangeException(option, value, $"{option} must be one of {string.Join(", ", Enum.GetNames<T>())}.");

    public static long NotNegative(long value, [CallerMemberName] string option = "") =>
        value >= 0 ? value
            : throw new ArgumentOutOfRangeException(option, value, $"{option} must be 0 or more.");
}
