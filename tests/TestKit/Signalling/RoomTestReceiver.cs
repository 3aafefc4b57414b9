using System.Globalization;
using System.Text.Json;
using TestKit.WebRtc;

namespace TestKit.Signalling;

/// <summary>A section of an answer: whose medium it brings, as signalling says, and what its packets are known by.</summary>
/// <param name="StreamId">From its msid.</param>
public sealed record RoomTestStream(string Publication, string Kind, string StreamId, uint Ssrc);

/// <summary>A participant's receiving peer connection: picture and sound of any number of publications.</summary>
public sealed class RoomTestReceiver : IAsyncDisposable
{
    private readonly UdpTestPeer? _peer;

    private RoomTestReceiver(JsonElement answer, UdpTestPeer? peer)
    {
        Tracks = [.. answer.GetProperty("tracks").EnumerateArray()];
        string sdp = answer.GetProperty("sdp").GetString()!;
        Streams =
        [
            .. Tracks.Where(track => !track.TryGetProperty("refusal", out _)).Select(track => StreamOf(sdp, track)),
        ];
        _peer = peer;
    }

    public UdpTestPeer Peer => _peer ?? throw new InvalidOperationException("It was not to connect.");

    /// <summary>Of the answer, one for each medium that was wanted.</summary>
    public IReadOnlyList<JsonElement> Tracks { get; }

    /// <summary>Those that were not refused.</summary>
    public IReadOnlyList<RoomTestStream> Streams { get; }

    public static Task<RoomTestReceiver> WatchAsync(RoomTestClient client, params string[] publications) => WatchAsync(client, true, publications);

    public static async Task<RoomTestReceiver> WatchAsync(RoomTestClient client, bool isConnecting, params string[] publications)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(publications);
        var own = new WebRtcTestPeer(new WebRtcTestPeerOptions { Seed = 99 });
        SendingSection[] sections =
        [
            .. publications.SelectMany((_, index) => (SendingSection[])[new($"{2 * index}", "audio", "recvonly"), new($"{(2 * index) + 1}", "video", "recvonly")]),
        ];
        await client.SendAsync(new
        {
            type = "offer",
            pc = "receive",
            sdp = SendingOffer.Create(own, sections),
            tracks = sections.Select((section, index) => new { mid = section.Mid, publication = publications[index / 2] }),
        });
        JsonElement answer = await client.NextAsync("answer", message => message.GetProperty("pc").GetString() == "receive");
        return new RoomTestReceiver(answer, isConnecting ? await RoomTestSender.ConnectAsync(own, answer) : null);
    }

    public int CountOf(RoomTestStream stream) => Peer.Get(p => p.Received.Count(packet => packet.Ssrc == stream.Ssrc));

    public async Task WaitForPacketsAsync(RoomTestStream stream, int count, TimeSpan timeout)
    {
        if (!await Peer.WaitAsync(p => p.Received.Count(packet => packet.Ssrc == stream.Ssrc) >= count, timeout))
            throw new InvalidOperationException($"{CountOf(stream)} of {count} packets of {stream} came in {timeout}");
    }

    public ValueTask DisposeAsync()
    {
        _peer?.Do(p => p.Close());
        _peer?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static RoomTestStream StreamOf(string sdp, JsonElement track)
    {
        string mid = track.GetProperty("mid").GetString()!;
        string section = sdp.Split("m=").Single(part => part.Contains($"a=mid:{mid}\r\n", StringComparison.Ordinal));
        return new RoomTestStream(
            track.GetProperty("publication").GetString()!, track.GetProperty("kind").GetString()!,
            After(section, "a=msid:"), uint.Parse(After(section, "a=ssrc:"), CultureInfo.InvariantCulture));
    }

    private static string After(string section, string prefix) =>
        section.Split('\n').Select(line => line.Trim()).First(line => line.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..].Split(' ')[0];
}
