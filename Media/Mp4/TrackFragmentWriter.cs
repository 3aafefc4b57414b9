using System.Runtime.InteropServices;
using Media.Containers;

namespace Media.Mp4;

/// <summary>One sample of a fragment as its tables have it.</summary>
internal readonly record struct FragmentSample(MediaFrame Frame, long Decode, int Composition, uint Duration);

/// <summary>
/// Places the frames of one track on the file's timeline and writes their part of a movie fragment box (ISO/IEC 14496-12
/// §8.8). Decode times rise by at least a tick and by less than 2^31, whatever comes in.
/// </summary>
internal sealed class TrackFragmentWriter(int number)
{
    private const uint NonSync = 0x0101_0000;
    private const uint Sync = 0x0200_0000;
    private const uint NonSyncDisposable = 0x0109_0000;
    private const uint MaxDuration = int.MaxValue;
    private const uint BaseIsMoof = 0x020000;
    private const uint DataOffset = 0x000001;
    private const uint SampleDuration = 0x000100;
    private const uint SampleSize = 0x000200;
    private const uint SampleFlags = 0x000400;
    private const uint SampleComposition = 0x000800;

    private readonly List<FragmentSample> _samples = [];
    private long _nextDecode;
    private long _lastDelta;
    private long _cut;
    private bool _hasComposition;

    public ReadOnlySpan<FragmentSample> Samples => CollectionsMarshal.AsSpan(_samples);

    /// <summary>Where its samples begin in the mdat, from the first byte behind the header.</summary>
    public int DataStart { get; private set; }

    public int DataLength { get; private set; }

    public SampleIndex Index { get; } = new();

    public void Begin(int dataStart)
    {
        _samples.Clear();
        _hasComposition = false;
        DataStart = dataStart;
        DataLength = 0;
    }

    /// <param name="decode">On the file's timeline.</param>
    public void Add(in MediaFrame frame, long decode, long presentation)
    {
        // A gap that no duration can express is shortened, for all that follows alike.
        (decode, presentation) = (decode - _cut, presentation - _cut);
        bool isFirst = Index.Count == 0 && _samples.Count == 0;
        long last = _nextDecode - 1;
        if (!isFirst && decode - last > MaxDuration)
        {
            long excess = decode - last - MaxDuration;
            _cut += excess;
            (decode, presentation) = (decode - excess, presentation - excess);
        }

        decode = Math.Max(decode, isFirst ? 0 : _nextDecode);
        if (!isFirst) SetLastDuration(decode - last);
        int composition = (int)Math.Clamp(presentation - decode, int.MinValue, int.MaxValue);
        _hasComposition |= composition != 0;
        uint duration = PendingFragment.DurationOf(frame, _lastDelta);
        _samples.Add(new FragmentSample(frame, decode, composition, Math.Clamp(duration, 1, MaxDuration)));
        _nextDecode = decode + 1;
        DataLength += frame.Length;
    }

    /// <returns>Where the data offset stands, to be set when the length of the moof is known.</returns>
    public int Write(BoxBuilder output)
    {
        bool isVideo = _samples[0].Frame.Format.Kind == MediaKind.Video;
        int fragment = output.Begin(BoxType.Traf);
        int box = output.Begin(BoxType.Tfhd, 0, BaseIsMoof);
        output.UInt32((uint)number);
        output.End(box);
        box = output.Begin(BoxType.Tfdt, 1, 0);
        output.UInt64((ulong)_samples[0].Decode);
        output.End(box);
        uint flags = DataOffset | SampleDuration | SampleSize
            | (isVideo ? SampleFlags : 0) | (_hasComposition ? SampleComposition : 0);
        box = output.Begin(BoxType.Trun, 1, flags);
        output.UInt32((uint)_samples.Count);
        int offset = output.Length;
        output.UInt32(0);
        foreach (FragmentSample sample in _samples)
        {
            output.UInt32(sample.Duration);
            output.UInt32((uint)sample.Frame.Length);
            if (isVideo) output.UInt32(sample.Frame.IsKeyframe ? Sync : sample.Frame.IsDiscardable ? NonSyncDisposable : NonSync);
            if (_hasComposition) output.Int32(sample.Composition);
        }

        output.End(box);
        output.End(fragment);
        return offset;
    }

    /// <summary>Takes the fragment up into the index.</summary>
    /// <param name="dataOffset">Of the first byte behind the mdat's header, in the file.</param>
    public void Commit(long dataOffset)
    {
        foreach (FragmentSample sample in _samples)
            Index.Add(sample.Frame.Length, sample.Decode, sample.Composition, sample.Duration, sample.Frame.IsKeyframe);
        if (_samples.Count > 0) Index.AddChunk(dataOffset + DataStart, _samples.Count);
        _samples.Clear();
    }

    private void SetLastDuration(long delta)
    {
        _lastDelta = delta;
        if (_samples.Count > 0) _samples[^1] = _samples[^1] with { Duration = (uint)delta };
    }
}
