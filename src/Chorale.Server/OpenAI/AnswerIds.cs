using System.Security.Cryptography;

namespace Chorale.Server;

/// <summary>Ids of answers and calls: nobody can guess one.</summary>
static class AnswerIds
{
    const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string NewChatCompletion() => New("chatcmpl-");

    public static string NewCompletion() => New("cmpl-");

    public static string NewCall() => New("call_");

    static string New(string prefix) => prefix + RandomNumberGenerator.GetString(Letters, 24);
}
