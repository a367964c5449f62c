namespace Chorale.Chat.Tests;

/// <summary>Sees what comes.</summary>
public interface IForecaster
{
    /// <summary>What the weather will be.</summary>
    /// <param name="city">Where it will be.</param>
    /// <returns>What it will be.</returns>
    string Forecast(string city);
}
