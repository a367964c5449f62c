using System.Diagnostics;

namespace Chorale.Inference.Tests;

/// <summary>The vector level is chosen once a process, so each level gets a process of its own that runs <see cref="ShortGoldenTests"/>.</summary>
public sealed class EveryLevelTests
{
    public static IEnumerable<TheoryDataRow<string>> Levels =>
        Kernels.Simd.Supported.Select(level => level.ToString())
            .Concat(Kernels.TileKernels.Supported.Select(level => level.ToString()))
            .Distinct(StringComparer.Ordinal)
            .Select(level => new TheoryDataRow<string>(level));

    [Theory, MemberData(nameof(Levels))]
    public async Task Goldens_hold_at_every_level_of_this_processor(string level)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["--filter-class", typeof(ShortGoldenTests).FullName!]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["CHORALE_SIMD"] = level;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("failed: 0", output, StringComparison.Ordinal);
    }
}
