using System.Globalization;

namespace Chorale.Cli;

/// <summary>A bar on standard error while files are read; nothing where that is no terminal.</summary>
sealed class DatasetProgress(CliHost host, long? total)
{
    const int Width = 30;

    readonly long _start = host.Time.GetTimestamp();
    long _last;

    public void Report(long bytes)
    {
        if (!host.ErrorIsTerminal)
            return;
        long now = host.Time.GetTimestamp();
        if (host.Time.GetElapsedTime(_last, now).TotalMilliseconds < 100)
            return;
        _last = now;
        double megabytes = bytes / 1e6, seconds = Math.Max(1e-3, host.Time.GetElapsedTime(_start, now).TotalSeconds);
        string speed = string.Create(CultureInfo.InvariantCulture, $"{megabytes:0} MB, {megabytes / seconds:0.0} MB/s");
        if (total is > 0)
        {
            double share = Math.Clamp((double)bytes / total.Value, 0, 1);
            int done = (int)(share * Width);
            speed = string.Create(CultureInfo.InvariantCulture, $"{new string('█', done)}{new string('░', Width - done)} {share,4:P0}  {speed}");
        }
        host.Error.Write($"\r{speed}   ");
    }

    /// <summary>Clears the line, for what else is to be written there.</summary>
    public void Clear()
    {
        if (host.ErrorIsTerminal && _last != 0)
            host.Error.Write($"\r{new string(' ', Width + 40)}\r");
    }
}
