using System.Security.Cryptography;
using System.Text;

namespace Chorale.Server;

/// <summary>
/// Seals reasoning so that a client can keep it and send it back, but neither read nor change it: AES-256-GCM, in Base64. In it: a version, a nonce, and, enciphered, the id of the reasoning's item and
/// its text. Threads may share it.
/// </summary>
/// <remarks>
/// The id is within, not only vouched for, since some clients send reasoning back without it; where they send one, it must be the one that was sealed.
/// </remarks>
sealed class ReasoningSeal
{
    const byte Version = 1;
    const int KeyBytes = 32, NonceBytes = 12, TagBytes = 16, Overhead = 1 + NonceBytes + TagBytes;

    readonly byte[] _key;

    /// <param name="secret">What the key is made of, 32 bytes; null makes one at random, so that nothing sealed outlives the process.</param>
    public ReasoningSeal(ReadOnlyMemory<byte>? secret)
    {
        byte[] material = secret?.ToArray() ?? RandomNumberGenerator.GetBytes(KeyBytes);
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, KeyBytes, info: "chorale reasoning 1"u8.ToArray());
    }

    /// <summary>Seals the text of a reasoning item.</summary>
    public string Seal(string itemId, string text)
    {
        byte[] plain = Encoding.UTF8.GetBytes($"{itemId}\n{text}");
        byte[] whole = new byte[Overhead + plain.Length];
        whole[0] = Version;
        Span<byte> nonce = whole.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm cipher = new(_key, TagBytes);    // one a thread
        cipher.Encrypt(nonce, plain, whole.AsSpan(Overhead), whole.AsSpan(1 + NonceBytes, TagBytes), whole.AsSpan(0, 1));
        return Convert.ToBase64String(whole);
    }

    /// <summary>Opens what <see cref="Seal"/> made.</summary>
    /// <param name="sealedText">What came back.</param>
    /// <param name="itemId">The id of the item that it came in; null where that has none.</param>
    /// <param name="text">The reasoning.</param>
    /// <returns>Null where it was opened; otherwise why it could not be.</returns>
    public string? Open(string sealedText, string? itemId, out string text)
    {
        text = "";
        byte[] whole = new byte[sealedText.Length];
        if (!Convert.TryFromBase64String(sealedText, whole, out int length) || length < Overhead)
            return "it is not what this server seals";
        if (whole[0] != Version)
            return $"it is of version {whole[0]}, and this server knows version {Version}";
        byte[] plain = new byte[length - Overhead];
        try
        {
            using AesGcm cipher = new(_key, TagBytes);
            cipher.Decrypt(whole.AsSpan(1, NonceBytes), whole.AsSpan(Overhead, plain.Length), whole.AsSpan(1 + NonceBytes, TagBytes), plain, whole.AsSpan(0, 1));
        }
        catch (AuthenticationTagMismatchException)
        {
            return "it was sealed with another key, or changed";
        }
        int end = plain.AsSpan().IndexOf((byte)'\n');
        string id = Encoding.UTF8.GetString(plain, 0, Math.Max(end, 0));
        if (end < 0 || (itemId is not null && itemId != id))
            return $"it was sealed for another item than '{itemId}'";
        text = Encoding.UTF8.GetString(plain, end + 1, plain.Length - end - 1);
        return null;
    }
}
