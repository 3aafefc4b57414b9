namespace TestKit.WebRtc;

/// <summary>What a WHEP test client offers to receive; the default is like Chromium's.</summary>
public sealed record WhepOfferOptions
{
    public bool Audio { get; init; } = true;

    public bool Video { get; init; } = true;

    /// <summary>rtpmap names in order of preference: H264, VP8.</summary>
    public IReadOnlyList<string> VideoCodecs { get; init; } = ["H264", "VP8"];

    /// <summary>Profile and level of H264, with packetization-mode 1.</summary>
    public string H264ProfileLevelId { get; init; } = "42e01f";

    public bool Rtx { get; init; } = true;

    public bool TransportCc { get; init; } = true;

    /// <summary>Knows the playout-delay extension.</summary>
    public bool PlayoutDelay { get; init; }

    /// <summary>Sent as Authorization: Bearer.</summary>
    public string? Token { get; init; }

    /// <summary>Chooses among the answer's candidates; null = the first.</summary>
    public Func<System.Net.IPEndPoint, bool>? Candidate { get; init; }

    /// <summary>Where to connect to instead of a candidate, such as the entrance of a <see cref="TcpTunnel"/>.</summary>
    public Func<RemotePeer, System.Net.IPEndPoint>? Through { get; init; }

    /// <summary>Makes the UDP socket, for one in another network namespace; null = here.</summary>
    public Func<System.Net.Sockets.AddressFamily, System.Net.Sockets.Socket>? CreateSocket { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public WebRtcTestPeerOptions Peer { get; init; } = new();
}
