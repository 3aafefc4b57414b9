using Media.Buffers;

namespace Media;

/// <summary>
/// One encoded access unit or audio frame: a slice of a <see cref="PooledBuffer"/>. Canonical payload: H.264 and H.265
/// as NAL units behind 4-byte lengths, without parameter sets (they are in <see cref="Format"/>), delimiters and filler;
/// AAC raw without ADTS; everything else as the codec defines it. Borrowed: to keep it, call <see cref="AddReference"/>.
/// </summary>
public readonly struct MediaFrame(
    TrackFormat format, PooledBuffer buffer, int offset, int length, long decodeTime, long presentationTime,
    bool isKeyframe, bool isDiscardable = false)
{
    public TrackFormat Format { get; } = format;

    public PooledBuffer Buffer { get; } = buffer;

    public int Offset { get; } = offset;

    public int Length { get; } = length;

    /// <summary>In ticks of the format's clock rate; zero is the start of the publication's timeline.</summary>
    public long DecodeTime { get; } = decodeTime;

    public long PresentationTime { get; } = presentationTime;

    public bool IsKeyframe { get; } = isKeyframe;

    /// <summary>No other frame refers to this one, and it does not reorder.</summary>
    public bool IsDiscardable { get; } = isDiscardable;

    public ReadOnlySpan<byte> Data => Buffer.Array.AsSpan(Offset, Length);

    public MediaFrame AddReference()
    {
        Buffer.AddReference();
        return this;
    }

    public void Release() => Buffer.Dispose();

    /// <summary>The same frame at another place in time.</summary>
    public MediaFrame At(long decodeTime, long presentationTime) =>
        new(Format, Buffer, Offset, Length, decodeTime, presentationTime, IsKeyframe, IsDiscardable);
}
