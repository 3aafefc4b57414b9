using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gateway.Options;

namespace Gateway.Authorization;

/// <summary>
/// The one place that says who may do what, asked at every entrance. Publish and view are open unless the room has a key;
/// lists are open; what changes something is for callers on this machine and for holders of the admin key. Any thread.
/// </summary>
internal sealed class Access
{
    private readonly GatewayOptions _options;
    private readonly byte[] _adminKey;
    private readonly Counter<long> _refused;

    public Access(GatewayOptions options, string adminKey, Meter meter)
    {
        _options = options;
        _adminKey = Digest(adminKey);
        _refused = meter.CreateCounter<long>("gateway.access.refused", "{request}", "Callers turned away, by entrance and reason.");
    }

    /// <param name="room">Null for what belongs to no single room.</param>
    /// <param name="credential">The key as it came, or null.</param>
    public AccessResult Check(Entrance entrance, string? room, Right right, string? credential, Remote remote)
    {
        string? key = KeyOf(room, right);
        AccessDecision decision = Decide(entrance, room, right, credential, remote);
        if (decision != AccessDecision.Granted)
        {
            _refused.Add(1, new("entrance", entrance.ToString()), new("reason", decision.ToString()));
            return new AccessResult(decision, "");
        }

        return new AccessResult(decision, OwnerOf(entrance, key, credential, remote));
    }

    /// <summary>What <see cref="Check"/> would say, where nobody is turned away by it.</summary>
    public bool Allows(Entrance entrance, string? room, Right right, string? credential, Remote remote) =>
        Decide(entrance, room, right, credential, remote) == AccessDecision.Granted;

    private AccessDecision Decide(Entrance entrance, string? room, Right right, string? credential, Remote remote)
    {
        string? key = KeyOf(room, right);
        switch (right)
        {
            case Right.List:
                return AccessDecision.Granted;
            case Right.OpenPorts when key is not null && credential is not null && Same(Digest(key), credential):
                return AccessDecision.Granted;
            case Right.Manage or Right.OpenPorts:
                if (remote.IsLocal || IsAdmin(credential)) return AccessDecision.Granted;
                if (credential is null && key is not null) return AccessDecision.KeyRequired;
                return credential is null ? AccessDecision.LocalOnly : AccessDecision.KeyWrong;
            default:
                if (key is null) return AccessDecision.Granted;
                if (credential is null) return AccessDecision.KeyRequired;
                bool opens = Same(Digest(key), credential) || IsAdmin(credential) || IsKeyOfTalkers(entrance, room, credential);
                return opens ? AccessDecision.Granted : AccessDecision.KeyWrong;
        }
    }

    private string? KeyOf(string? room, Right right) => (room, right) switch
    {
        (null, _) => null,
        (_, Right.Publish or Right.OpenPorts) => _options.Room(room).PublishKey,
        (_, Right.View) => _options.Room(room).ViewKey,
        _ => null,
    };

    private static string OwnerOf(Entrance entrance, string? key, string? credential, Remote remote) =>
        key is not null && credential is not null
            ? $"{entrance}/key/{Convert.ToHexString(Digest(credential).AsSpan(0, 8))}"
            : $"{entrance}/address/{Plain(remote.Address)}";

    /// <summary>A participant of a room of many has one key and both publishes and watches: the publish key opens both there.</summary>
    private bool IsKeyOfTalkers(Entrance entrance, string? room, string credential) =>
        entrance == Entrance.WebSocket && KeyOf(room, Right.Publish) is { } key && Same(Digest(key), credential);

    private bool IsAdmin(string? credential) => credential is not null && Same(_adminKey, credential);

    /// <summary>Compares digests, so that the time taken tells neither length nor content.</summary>
    private static bool Same(byte[] digest, string credential) => CryptographicOperations.FixedTimeEquals(digest, Digest(credential));

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
