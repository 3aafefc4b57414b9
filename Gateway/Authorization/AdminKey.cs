using System.Security.Cryptography;
using Gateway.Certificates;
using Gateway.Options;

namespace Gateway.Authorization;

/// <summary>The admin key: as set, or made at first start and kept in a file that only its owner can read.</summary>
internal static class AdminKey
{
    public const string FileName = "admin.key";

    /// <param name="isNew">True when it was made now and is to be shown, this once.</param>
    public static string ReadOrCreate(GatewayOptions options, out bool isNew)
    {
        isNew = false;
        if (options.AdminKey is { } set) return set;
        string path = Path.Combine(options.CertificatesDirectory, FileName);
        try
        {
            if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } kept) return kept;
            isNew = true;
            Directory.CreateDirectory(options.CertificatesDirectory);
            string made = RandomNumberGenerator.GetHexString(32, lowercase: true);
            PrivateFile.Write(path, made + "\n");
            return made;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"Admin:Key: none is set, and {path} can't be used ({e.Message})", e);
        }
    }
}
