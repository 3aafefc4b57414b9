using System.Buffers.Binary;
using Media.Containers;

namespace Media.WebM;

/// <summary>A block's header, and where its frames lie in the file (RFC 9559 §10).</summary>
internal sealed class Block
{
    /// <summary>Up to 256 frames, whose sizes take at most eight bytes each.</summary>
    private const int MaxHeader = 4096;

    private const byte KeyframeFlag = 0x80;

    private readonly List<(long Offset, int Length)> _frames = [];

    public ulong Track { get; private set; }

    /// <summary>From the cluster's, on the segment's scale.</summary>
    public short Time { get; private set; }

    /// <summary>Of a SimpleBlock only.</summary>
    public bool IsKeyframe { get; private set; }

    public IReadOnlyList<(long Offset, int Length)> Frames => _frames;

    /// <summary>Reads the block at an offset of the file. False: it is broken.</summary>
    public bool TryParse(FileWindow file, long offset, long length)
    {
        _frames.Clear();
        ReadOnlySpan<byte> data = file.Peek(offset, (int)Math.Min(length, MaxHeader));
        if (!EbmlReader.TryReadInteger(data, out ulong track, out int at, out _) || data.Length < at + 3) return false;
        Track = track;
        Time = BinaryPrimitives.ReadInt16BigEndian(data[at..]);
        byte flags = data[at + 2];
        IsKeyframe = (flags & KeyframeFlag) != 0;
        at += 3;
        int lacing = (flags >> 1) & 3;
        if (lacing == 0) return TryAdd(offset + at, length - at);
        if (data.Length <= at) return false;
        int count = data[at++] + 1;
        Span<long> sizes = stackalloc long[256];
        sizes = sizes[..count];
        if (lacing == 2) sizes.Fill((length - at) / count);
        else if (lacing == 1 ? !TryReadXiph(data, ref at, sizes) : !TryReadEbml(data, ref at, sizes)) return false;
        long position = offset + at, left = length - at;
        // The last frame takes what is left, except where all are of one size.
        for (int i = 0; i < count; i++)
        {
            long size = i == count - 1 && lacing != 2 ? left : sizes[i];
            if (size > left || !TryAdd(position, size)) return false;
            position += size;
            left -= size;
        }

        return true;
    }

    private static bool TryReadXiph(ReadOnlySpan<byte> data, ref int at, Span<long> sizes)
    {
        for (int i = 0; i < sizes.Length - 1; i++)
        {
            sizes[i] = 0;
            byte part;
            do
            {
                if (at >= data.Length) return false;
                part = data[at++];
                sizes[i] += part;
            }
            while (part == 255);
        }

        return true;
    }

    // The first size, then signed differences (§10.3.3)
    private static bool TryReadEbml(ReadOnlySpan<byte> data, ref int at, Span<long> sizes)
    {
        long size = 0;
        for (int i = 0; i < sizes.Length - 1; i++)
        {
            if (at >= data.Length || !EbmlReader.TryReadInteger(data[at..], out ulong value, out int length, out _)) return false;
            at += length;
            size = i == 0 ? (long)value : size + (long)value - ((1L << ((7 * length) - 1)) - 1);
            if (size < 0) return false;
            sizes[i] = size;
        }

        return true;
    }

    private bool TryAdd(long offset, long length)
    {
        if (length is < 0 or > int.MaxValue) return false;
        if (length > 0) _frames.Add((offset, (int)length));
        return true;
    }
}
