namespace Media.Mp4;

/// <summary>Goes through the samples of an index with their places in the file and their times. A copy of it is a bookmark.</summary>
internal struct TrackCursor(SampleIndex index)
{
    private readonly SampleIndex _index = index;
    private SampleIndex.SampleCursor _samples = index.Samples();
    private SampleIndex.ChunkCursor _chunks = index.Chunks();
    private int _leftInChunk;
    private long _next;
    private bool _isStarted;

    public long Offset { get; private set; }

    public long Decode { get; private set; }

    public readonly int Size => _samples.Size;

    public readonly long Presentation => Decode + _samples.Composition;

    public readonly bool IsKeyframe => _samples.IsKeyframe;

    public bool MoveNext()
    {
        if (!_samples.MoveNext()) return false;
        while (_leftInChunk == 0)
        {
            if (!_chunks.MoveNext()) return false;
            _leftInChunk = _chunks.Samples;
            _next = _chunks.Offset;
        }

        _leftInChunk--;
        Offset = _next;
        _next += _samples.Size;
        Decode = _isStarted ? Decode + _samples.Delta : _index.FirstDecode;
        _isStarted = true;
        return true;
    }
}
