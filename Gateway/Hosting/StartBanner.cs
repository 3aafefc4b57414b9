using System.Globalization;
using System.Text;
using Gateway.Authorization;
using Gateway.Certificates;
using Gateway.Options;
using Media.FFmpeg;
using Protocols.Ice;
using Protocols.Net;

namespace Gateway.Hosting;

/// <summary>What is printed once the gateway is up.</summary>
internal sealed class StartBanner(
    GatewayOptions options, Listeners listeners, CertificateStore? certificates, WebRtcHost webRtc, MediaNetwork network, FFmpegLibrary ffmpeg)
{
    private readonly StringBuilder _text = new();

    /// <param name="newAdminKey">Shown this once when it was just made.</param>
    public string Text(string? newAdminKey)
    {
        _text.AppendLine("Gateway is up.");
        Line("open", Url("https", "localhost", listeners.HttpsPort, "/"), Url("http", "localhost", listeners.HttpPort, "/"));
        Line("push", Url("rtmp", "localhost", listeners.RtmpPort, "/live/ROOM"), Url("rtmps", "localhost", listeners.RtmpsPort, "/live/ROOM"));
        Line("api", Url("http", "localhost", listeners.HttpPort, "/docs") ?? Url("https", "localhost", listeners.HttpsPort, "/docs"));
        Line("webrtc", webRtc.OffBecause ?? Candidates(webRtc.Candidates!));
        if (network.Endpoints.Count > 0) Line("udp", Buffers(network.Endpoints));
        Line("ffmpeg", ffmpeg.MissingReason is { } missing ? $"missing: {missing}. Sound from AAC and video with B-frames can't be converted" : ffmpeg.Version);
        if (certificates is not null)
            Line("certificate", certificates.Files.Certificate + (certificates.Files.IsSelfSigned ? " (self-signed: the browser asks once; see certs/README.md)" : ""));
        if (newAdminKey is not null)
            Line("admin key", $"{newAdminKey} (made now, shown this once, kept in {Path.Combine(options.CertificatesDirectory, AdminKey.FileName)})");
        return _text.ToString();
    }

    private static string? Url(string scheme, string host, int? port, string path) =>
        port is null ? null : string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{port}{path}");

    private static string Candidates(CandidateGatherer gatherer)
    {
        IReadOnlyList<IceCandidate> candidates = gatherer.Gather(null);
        return candidates.Count == 0
            ? "no address but loopback: viewers on other machines can't connect; set WebRtc:AnnouncedAddresses"
            : string.Join("   ", candidates.GroupBy(candidate => candidate.Transport).Select(group =>
                $"{group.Key} {string.Join(", ", group.Select(candidate => $"{candidate.Address} {candidate.Port}"))}"));
    }

    /// <summary>What a burst of all viewers' reports has to fit into while a loop is busy.</summary>
    private static string Buffers(IReadOnlyList<UdpEndpoint> endpoints)
    {
        const int Enough = 1 << 20;
        int smallest = endpoints.Min(endpoint => endpoint.ReceiveBufferSize);
        string sockets = endpoints.Count == 1 ? "1 socket" : $"{endpoints.Count} sockets";
        return $"{sockets}, receive buffer {smallest >> 10} KB"
            + (smallest < Enough && OperatingSystem.IsLinux() ? " (allow more: sysctl net.core.rmem_max=8388608)" : "");
    }

    private void Line(string label, params string?[] values)
    {
        string[] known = [.. values.OfType<string>()];
        if (known.Length > 0) _text.Append("  ").Append(label.PadRight(12)).AppendJoin("   ", known).AppendLine();
    }
}
