using System.Buffers.Binary;
using TestKit.Processes;

namespace TestKit.Sources;

/// <summary>
/// A streamer in real time whose frames were encoded beforehand: this process hands each tag of the file to FFmpeg at the
/// instant of its timestamp, again from the start when it ends, with timestamps that go on. So the viewer of a large
/// picture has the machine to itself. The barcode is the time since the file's start, in milliseconds.
/// </summary>
public sealed class PreparedSource : IDisposable
{
    private const int FileHeaderLength = 13;
    private const int TagHeaderLength = 11;

    private readonly ChildProcess _ffmpeg;
    private readonly Thread _writer;
    private readonly byte[] _file;
    private readonly int _loopMilliseconds;
    private volatile bool _stopping;

    /// <param name="path">An FLV file made by <see cref="EncodeAsync"/>.</param>
    /// <param name="seconds">Its length; a viewer must never be half as late.</param>
    public PreparedSource(string path, string url, int seconds)
    {
        _file = File.ReadAllBytes(path);
        _loopMilliseconds = seconds * 1000;
        _ffmpeg = new ChildProcess(
            "ffmpeg",
            [
                "-hide_banner", "-loglevel", "warning", "-nostats", "-fflags", "nobuffer", "-f", "flv", "-i", "pipe:0", "-c", "copy",
                "-flush_packets", "1", "-f", "flv", url,
            ],
            pipeInput: true);
        StartMilliseconds = LiveSource.Now();
        _writer = RealTime.StartWriter(Write);
    }

    /// <summary>Unix time of frame 0.</summary>
    public long StartMilliseconds { get; }

    /// <summary>What the barcodes count.</summary>
    public BarcodeClock Clock => new(StartMilliseconds, _loopMilliseconds);

    /// <summary>The next instant, at least <paramref name="leadMilliseconds"/> from now, that lies this long after an IDR.</summary>
    public long NextInstantAfterIdr(double groupSeconds, double secondsAfterIdr, int leadMilliseconds)
    {
        double group = groupSeconds * 1000, position = secondsAfterIdr * 1000;
        double groups = Math.Ceiling((LiveSource.Now() + leadMilliseconds - StartMilliseconds - position) / group);
        return StartMilliseconds + (long)((Math.Max(1, groups) * group) + position);
    }

    /// <summary>A file for such a source, whose groups end with it.</summary>
    public static Task<string> EncodeAsync(string folder, string name, EncoderSettings settings, int seconds) =>
        FileSource.EncodeAsync(folder, name, settings, seconds, frame => frame * 1000 / settings.FrameRate);

    public void Dispose()
    {
        _stopping = true;
        _ffmpeg.Dispose();
        _writer.Join(2000);
    }

    private void Write()
    {
        Stream output = _ffmpeg.Input;
        output.Write(_file.AsSpan(0, FileHeaderLength));
        for (long loop = 0; !_stopping; loop++) WriteLoop(output, loop * _loopMilliseconds);
    }

    private void WriteLoop(Stream output, long shift)
    {
        for (int at = FileHeaderLength; at + TagHeaderLength <= _file.Length && !_stopping;)
        {
            Span<byte> header = _file.AsSpan(at, TagHeaderLength);
            int length = TagHeaderLength + (int)(BinaryPrimitives.ReadUInt32BigEndian(header) & 0xFFFFFF) + sizeof(uint);
            long timestamp = BinaryPrimitives.ReadUInt32BigEndian(header[4..]) >> 8 | (uint)header[7] << 24;
            // Sound that was encoded beyond the last picture would overlap with the next loop's.
            if (header[0] is 8 or 9 && timestamp < _loopMilliseconds) WriteTag(output, _file.AsSpan(at, length), shift + timestamp);
            at += length;
        }
    }

    private void WriteTag(Stream output, Span<byte> tag, long timestamp)
    {
        Span<byte> stamp = stackalloc byte[4];
        tag.Slice(4, 4).CopyTo(stamp);
        tag[4] = (byte)(timestamp >> 16);
        tag[5] = (byte)(timestamp >> 8);
        tag[6] = (byte)timestamp;
        tag[7] = (byte)(timestamp >> 24);
        RealTime.SleepUntil(StartMilliseconds + timestamp);
        output.Write(tag);
        output.Flush();
        stamp.CopyTo(tag.Slice(4, 4)); // as it was, for the next loop
    }
}
