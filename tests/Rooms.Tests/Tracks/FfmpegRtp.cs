using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using TestKit.Processes;

namespace Rooms.Tests.Tracks;

/// <summary>RTP packets that the ffmpeg program sends, and what it decodes from packets and files: a hash of each picture.</summary>
internal sealed partial class FfmpegRtp : IDisposable
{
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(300);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-rtp-");

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Lets ffmpeg encode and send; the packets in their order. The SDP stays in the folder.</summary>
    public async Task<List<byte[]>> SendAsync(string encoding)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, FreePorts.Next()));
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        using var ffmpeg = new ChildProcess("ffmpeg",
        [
            "-hide_banner", "-loglevel", "error", "-re", .. encoding.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            "-sdp_file", PathOf("sent.sdp"), "-f", "rtp", $"rtp://127.0.0.1:{port}?pkt_size=700",
        ]);
        var packets = new List<byte[]>();
        byte[] buffer = new byte[2048];
        while (true)
        {
            bool isOver = ffmpeg.HasExited;
            using var patience = new CancellationTokenSource(s_silence);
            try
            {
                int length = await socket.ReceiveAsync(buffer, SocketFlags.None, patience.Token);
                packets.Add(buffer[..length]);
            }
            catch (OperationCanceledException)
            {
                if (isOver) break;
            }
        }

        Assert.True(packets.Count > 0, ffmpeg.Log);
        return packets;
    }

    /// <summary>What ffmpeg itself makes of the packets, received over UDP by the SDP of their sender.</summary>
    public async Task<string[]> DecodePacketsAsync(List<byte[]> packets)
    {
        int port = FreePorts.Next();
        string sdp = await File.ReadAllTextAsync(PathOf("sent.sdp"));
        await File.WriteAllTextAsync(PathOf("received.sdp"), MediaPort().Replace(sdp, $"m=$1 {port} "));
        using var ffmpeg = new ChildProcess("ffmpeg",
        [
            "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,udp,rtp", "-i", PathOf("received.sdp"),
            "-vsync", "passthrough", "-f", "framemd5", "-",
        ]);
        string listening = $":{port:X4} ";
        for (int i = 0; i < 200 && !(await File.ReadAllTextAsync("/proc/net/udp")).Contains(listening, StringComparison.Ordinal); i++) await Task.Delay(50);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Loopback, port);
        foreach (byte[] packet in packets)
        {
            socket.Send(packet);
            await Task.Delay(1);
        }

        // RTCP RR and BYE (RFC 3550 §6.6) end the stream, with the SSRC of its packets.
        byte[] ssrc = packets[0][8..12];
        socket.Send([0x80, 201, 0, 1, .. ssrc, 0x81, 203, 0, 1, .. ssrc]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await ffmpeg.WaitForExitAsync(patience.Token);
        return Hashes(ffmpeg.Log);
    }

    public async Task<string[]> DecodeFileAsync(string name) => Hashes(await ChildProcess.RunAsync(
        "ffmpeg", ["-hide_banner", "-loglevel", "error", "-i", PathOf(name), "-vsync", "passthrough", "-f", "framemd5", "-"]));

    // 0, dts, pts, duration, size, hash
    private static string[] Hashes(string list) =>
        [.. list.Split('\n').Where(line => line.StartsWith("0,", StringComparison.Ordinal)).Select(line => line.Split(',')[5].Trim())];

    [GeneratedRegex(@"m=(audio|video) \d+ ")]
    private static partial Regex MediaPort();
}
