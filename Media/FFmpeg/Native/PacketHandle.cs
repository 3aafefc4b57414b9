using System.Runtime.InteropServices;

namespace Media.FFmpeg.Native;

/// <summary>An AVPacket, read and written through the prefix that all known releases share.</summary>
internal sealed unsafe class PacketHandle : SafeHandle
{
    // struct AVPacket: buf, pts, dts, data, size, stream_index, flags, ...
    private const int PtsOffset = 8;
    private const int DtsOffset = 16;
    private const int DataOffset = 24;
    private const int SizeOffset = 32;
    private const int FlagsOffset = 40;
    private const int KeyFlag = 1; // AV_PKT_FLAG_KEY

    public PacketHandle()
        : base(0, true)
    {
        SetHandle(AvCodec.av_packet_alloc());
        if (IsInvalid) throw new FFmpegException("no memory for a packet");
    }

    public override bool IsInvalid => handle == 0;

    public long Pts => *(long*)(handle + PtsOffset);

    public long Dts => *(long*)(handle + DtsOffset);

    public bool IsKey => (*(int*)(handle + FlagsOffset) & KeyFlag) != 0;

    public Span<byte> Data => new(*(byte**)(handle + DataOffset), *(int*)(handle + SizeOffset));

    /// <summary>Gives the packet new memory of that size, to be filled by the caller.</summary>
    public Span<byte> Allocate(int size, long pts, long dts, bool isKey)
    {
        FFmpegException.ThrowIfError(AvCodec.av_new_packet(this, size), "allocate a packet");
        *(long*)(handle + PtsOffset) = pts;
        *(long*)(handle + DtsOffset) = dts;
        if (isKey) *(int*)(handle + FlagsOffset) |= KeyFlag;
        return Data;
    }

    public void Unreference() => AvCodec.av_packet_unref(this);

    protected override bool ReleaseHandle()
    {
        nint packet = handle;
        AvCodec.av_packet_free(&packet);
        return true;
    }
}
