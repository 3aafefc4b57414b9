using System.Runtime.InteropServices;
using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>FFmpeg refused what was asked of it; the message says what and why.</summary>
public sealed class FFmpegException : Exception
{
    private const int EndOfFile = -541478725; // AVERROR_EOF = -MKTAG('E','O','F',' ')

    // EAGAIN is the one errno that matters here and differs between systems.
    private static readonly int Again = OperatingSystem.IsMacOS() ? -35 : -11;

    public FFmpegException()
    {
    }

    public FFmpegException(string message)
        : base(message)
    {
    }

    public FFmpegException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal FFmpegException(string action, int error)
        : base($"{action}: {Describe(error)}")
    {
    }

    internal static bool IsAgainOrEnd(int error) => error == Again || error == EndOfFile;

    internal static void ThrowIfError(int error, string action)
    {
        if (error < 0) throw new FFmpegException(action, error);
    }

    private static unsafe string Describe(int error)
    {
        byte* text = stackalloc byte[128];
        _ = AvUtil.av_strerror(error, text, 128);
        return Marshal.PtrToStringUTF8((nint)text) ?? $"error {error}";
    }
}
