namespace Architecture.Tests;

/// <summary>
/// Every exception from the rules, in one place, each with its reason. A path that ends with '/' stands for a folder.
/// An exception that nothing needs any more fails its test: take it out.
/// </summary>
internal static class Allowed
{
    /// <summary>Driver files: the edge where time, chance and threads enter the program.</summary>
    public static readonly Exemption[] BannedCalls =
    [
        new("Gateway/Hosting/WorkThread.cs", "the threads of the media loops and of the handshakes"),
        new("Recorder/Tape/RecordingThread.cs", "the threads that may wait for the disk"),
        new("Media/FFmpeg/TranscodeThread.cs", "starts the threads that FFmpeg works on"),
        new("bench/", "measures real time on real threads"),
    ];

    public static readonly Exemption[] RawLog =
    [
        new("Gateway/Program.cs", "the process's own streams: what stops the start goes to standard error"),
        new("bench/", "prints what it has measured"),
    ];

    public static readonly Exemption[] Sockets =
    [
        new("bench/", "plays the other side of the network"),
    ];

    public static readonly Exemption[] LongFiles =
    [
    ];

    /// <summary>Named as <c>Path:Method</c>.</summary>
    public static readonly Exemption[] LongMethods =
    [
    ];

    /// <summary>Where <c>unsafe</c> may stand: memory, native libraries, the kernel's batch calls and the ciphers.</summary>
    public static readonly Exemption[] Unsafe =
    [
        new("Media/Buffers/", "pinned memory"),
        new("Media/FFmpeg/", "binding of libavcodec and its friends"),
        new("Protocols/Net/", "recvmmsg and sendmmsg take structures of pointers"),
        new("Protocols/Dtls/", "binding of libssl"),
        new("bench/", "reads hundreds of sockets on one thread"),
        new("Protocols/Srtp/", "AES and SHA-1 kernels in intrinsics"),
    ];

    public static bool Covers(this IEnumerable<Exemption> exemptions, string path) =>
        exemptions.Any(exemption => exemption.Covers(path));
}

internal sealed record Exemption(string Path, string Reason)
{
    public bool Covers(string path) =>
        Path.EndsWith('/') ? path.StartsWith(Path, StringComparison.Ordinal) : path == Path;
}
