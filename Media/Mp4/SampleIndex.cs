using Media.Containers;

namespace Media.Mp4;

/// <summary>
/// The samples of one track and where they lie, in some three to six bytes each, from which the tables of the finished file
/// are made. Decode times rise by at least one tick, and by less than 2^31 (ISO/IEC 14496-12 §8.6.1).
/// </summary>
internal sealed class SampleIndex
{
    private const int KeyframeFlag = 1;
    private const int DeltaFlag = 2;
    private const int CompositionFlag = 4;
    private const int FlagBits = 3;

    private readonly ByteLog _samples = new();
    private readonly ByteLog _chunks = new();
    private long _lastDelta;
    private long _lastComposition;
    private long _lastOffset;

    public long Count { get; private set; }

    public long ChunkCount { get; private set; }

    public long KeyframeCount { get; private set; }

    public bool HasComposition { get; private set; }

    public long TotalBytes { get; private set; }

    /// <summary>Decode time of the first sample, on the timeline of the fragments.</summary>
    public long FirstDecode { get; private set; }

    public long LastDecode { get; private set; }

    /// <summary>Of the last sample, as its fragment said.</summary>
    public long LastDuration { get; private set; }

    public long FirstPresentation { get; private set; } = long.MaxValue;

    /// <summary>Where the sample that is shown last ends.</summary>
    public long PresentationEnd { get; private set; } = long.MinValue;

    /// <summary>
    /// What is added to all composition offsets so that no sample is shown before the first decode time, where an edit could not
    /// begin; more than 0 only where frames came that lie before the file's zero.
    /// </summary>
    public long CompositionShift => Count == 0 ? 0 : Math.Clamp(FirstDecode - FirstPresentation, 0, int.MaxValue);

    public long Capacity => _samples.Capacity + _chunks.Capacity;

    public void Add(int size, long decode, int composition, uint duration, bool isKeyframe)
    {
        long delta = Count == 0 ? 0 : decode - LastDecode;
        if (Count == 0) FirstDecode = decode;
        uint flags = isKeyframe ? KeyframeFlag : 0u;
        if (delta != _lastDelta) flags |= DeltaFlag;
        if (composition != _lastComposition) flags |= CompositionFlag;
        _samples.Append(((ulong)size << FlagBits) | flags);
        if (delta != _lastDelta) _samples.AppendSigned(delta - _lastDelta);
        if (composition != _lastComposition) _samples.AppendSigned(composition - _lastComposition);
        (_lastDelta, _lastComposition) = (delta, composition);
        (LastDecode, LastDuration) = (decode, duration);
        HasComposition |= composition != 0;
        if (isKeyframe) KeyframeCount++;
        TotalBytes += size;
        Count++;
        FirstPresentation = Math.Min(FirstPresentation, decode + composition);
        PresentationEnd = Math.Max(PresentationEnd, decode + composition + duration);
    }

    /// <summary>The last <paramref name="samples"/> samples lie one after the other from an offset of the file on.</summary>
    public void AddChunk(long offset, int samples)
    {
        _chunks.Append((ulong)samples);
        _chunks.AppendSigned(offset - _lastOffset);
        _lastOffset = offset;
        ChunkCount++;
    }

    public SampleCursor Samples() => new(_samples.Read(), Count);

    public ChunkCursor Chunks() => new(_chunks.Read(), ChunkCount);

    internal struct SampleCursor(ByteLog.Reader log, long left)
    {
        private ByteLog.Reader _log = log;
        private long _left = left;

        public int Size { get; private set; }

        /// <summary>From the sample before to this one; 0 for the first.</summary>
        public long Delta { get; private set; }

        public int Composition { get; private set; }

        public bool IsKeyframe { get; private set; }

        public bool MoveNext()
        {
            if (_left-- <= 0) return false;
            ulong head = _log.Next();
            Size = (int)(head >> FlagBits);
            IsKeyframe = (head & KeyframeFlag) != 0;
            if ((head & DeltaFlag) != 0) Delta += _log.NextSigned();
            if ((head & CompositionFlag) != 0) Composition += (int)_log.NextSigned();
            return true;
        }
    }

    internal struct ChunkCursor(ByteLog.Reader log, long left)
    {
        private ByteLog.Reader _log = log;
        private long _left = left;

        public int Samples { get; private set; }

        public long Offset { get; private set; }

        public bool MoveNext()
        {
            if (_left-- <= 0) return false;
            Samples = (int)_log.Next();
            Offset += _log.NextSigned();
            return true;
        }
    }
}
