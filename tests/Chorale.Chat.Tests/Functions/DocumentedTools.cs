using System.ComponentModel;

namespace Chorale.Chat.Tests;

/// <summary>Tools whose documentation the tests read.</summary>
public class DocumentedTools : IForecaster
{
    /// <summary>
    /// The weather in a city,
    /// as <see cref="Place"/> or <see langword="null"/>.
    /// <para>See <paramref name="city"/>.</para>
    /// <list type="bullet"><item><description>one</description></item><item>two</item></list>
    /// </summary>
    /// <param name="city">The city's name, &lt;in English&gt;.</param>
    /// <param name="days">How many days ahead.</param>
    /// <returns>A sentence.</returns>
    public static string Weather(string city, int days = 1) => $"{city}: {days}";

    /// <summary>Of a number.</summary>
    /// <param name="value">A number.</param>
    public static int Twice(int value) => value * 2;

    /// <summary>Of a text.</summary>
    /// <param name="value">A text.</param>
    public static string Twice(string value) => value + value;

    /// <summary>Of any.</summary>
    /// <param name="items">Any number of them, by their keys.</param>
    /// <param name="grid">Numbers in rows.</param>
    public static int Count<T>(IReadOnlyDictionary<string, List<T[]>> items, int?[][] grid) => items.Count + grid.Length;

    /// <summary>Marks a place.</summary>
    /// <param name="place">Where.</param>
    public static void Mark(Place place) => ArgumentNullException.ThrowIfNull(place);

    /// <summary>Not this.</summary>
    /// <param name="value">Nor this.</param>
    [Description("By attribute.")]
    [return: Description("Result by attribute.")]
    public static string Attributed([Description("Parameter by attribute.")] string value) => value;

    /// <inheritdoc/>
    public string Forecast(string city) => city;

    /// <inheritdoc cref="Twice(int)"/>
    /// <param name="value">Another number.</param>
    public static int Thrice(int value) => value * 3;

    public static string Undocumented(string text) => text;

    /// <summary>A box of something.</summary>
    public class Box<TItem>
    {
        /// <summary>Puts something in.</summary>
        /// <param name="item">What.</param>
        /// <param name="others">And other boxes.</param>
        public string Put(TItem item, Box<List<TItem>>? others = null) => $"{item}{others}";

        /// <summary>A drawer of a box.</summary>
        public class Drawer<TKey>
            where TKey : notnull
        {
            /// <summary>Opens it.</summary>
            /// <param name="keys">With these.</param>
            /// <param name="other">Besides.</param>
            public string Open(Dictionary<TKey, TItem> keys, Box<int>.Drawer<TKey>? other = null)
                => $"{keys}{other}";
        }
    }
}
