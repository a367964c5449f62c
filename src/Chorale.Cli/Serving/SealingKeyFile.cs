using System.Security.Cryptography;
using System.Text;

namespace Chorale.Cli;

/// <summary>The file of the key that reasoning is sealed with.</summary>
static class SealingKeyFile
{
    const int KeyBytes = 32;

    /// <summary>Reads the key, as base64 or hexadecimal digits; a file that is not there is made, with a fresh key that only its owner can read.</summary>
    /// <exception cref="CliException">The file holds no such key.</exception>
    public static byte[] ReadOrCreate(string path)
    {
        if (!File.Exists(path))
            return Create(path);
        if (new FileInfo(path).Length > 1024)
            throw NoKey(path);
        string text = File.ReadAllText(path).Trim();
        return Decode(text) ?? throw NoKey(path);
    }

    static byte[] Create(string path)
    {
        byte[] key = RandomNumberGenerator.GetBytes(KeyBytes);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using FileStream file = new(path, options);
        file.Write(Encoding.ASCII.GetBytes($"{Convert.ToBase64String(key)}\n"));
        return key;
    }

    static byte[]? Decode(string text)
    {
        try
        {
            byte[] key = text.Length == 2 * KeyBytes ? Convert.FromHexString(text) : Convert.FromBase64String(text);
            return key.Length == KeyBytes ? key : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    static CliException NoKey(string path) => new($"'{path}' holds no key: expected {KeyBytes} bytes as base64 or hexadecimal digits.");
}
