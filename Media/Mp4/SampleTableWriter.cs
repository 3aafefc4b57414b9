namespace Media.Mp4;

/// <summary>Writes the sample table box (ISO/IEC 14496-12 §8.5.1) of a track: empty for fragments, complete for the finished file.</summary>
internal static class SampleTableWriter
{
    public static void Write(BoxBuilder output, Mp4Track track, SampleIndex? index)
    {
        int table = output.Begin(BoxType.Stbl);
        int description = output.Begin(BoxType.Stsd, 0, 0);
        output.UInt32(1);
        output.Bytes(track.SampleEntry);
        output.End(description);
        if (index is null) WriteEmpty(output);
        else WriteSamples(output, track, index);
        output.End(table);
    }

    private static void WriteEmpty(BoxBuilder output)
    {
        foreach (uint type in (ReadOnlySpan<uint>)[BoxType.Stts, BoxType.Stsc, BoxType.Stsz, BoxType.Stco])
        {
            int box = output.Begin(type, 0, 0);
            output.UInt32(0);
            if (type == BoxType.Stsz) output.UInt32(0);
            output.End(box);
        }
    }

    private static void WriteSamples(BoxBuilder output, Mp4Track track, SampleIndex index)
    {
        WriteDurations(output, index);
        if (index.HasComposition) WriteCompositions(output, index);
        if (track.Kind == MediaKind.Video && index.KeyframeCount < index.Count) WriteKeyframes(output, index);
        WriteChunkRuns(output, index);
        WriteSizes(output, index);
        WriteChunkOffsets(output, index);
    }

    // §8.6.1.2: runs of equal durations; a sample's duration is the way to the next one
    private static void WriteDurations(BoxBuilder output, SampleIndex index)
    {
        var runs = new RunWriter(output, BoxType.Stts, 0);
        SampleIndex.SampleCursor samples = index.Samples();
        samples.MoveNext();
        while (samples.MoveNext()) runs.Add((uint)samples.Delta);
        runs.Add((uint)index.LastDuration);
        runs.End();
    }

    // §8.6.1.3, version 1: signed
    private static void WriteCompositions(BoxBuilder output, SampleIndex index)
    {
        var runs = new RunWriter(output, BoxType.Ctts, 1);
        SampleIndex.SampleCursor samples = index.Samples();
        while (samples.MoveNext()) runs.Add((uint)(int)Math.Min(samples.Composition + index.CompositionShift, int.MaxValue));
        runs.End();
    }

    private static void WriteKeyframes(BoxBuilder output, SampleIndex index)
    {
        int box = output.Begin(BoxType.Stss, 0, 0);
        output.UInt32((uint)index.KeyframeCount);
        SampleIndex.SampleCursor samples = index.Samples();
        for (uint number = 1; samples.MoveNext(); number++)
            if (samples.IsKeyframe) output.UInt32(number);
        output.End(box);
    }

    // §8.7.4: (first chunk, samples per chunk, description)
    private static void WriteChunkRuns(BoxBuilder output, SampleIndex index)
    {
        int box = output.Begin(BoxType.Stsc, 0, 0);
        int count = output.Length;
        output.UInt32(0);
        uint runs = 0, number = 1;
        int last = -1;
        for (SampleIndex.ChunkCursor chunks = index.Chunks(); chunks.MoveNext(); number++)
        {
            if (chunks.Samples == last) continue;
            last = chunks.Samples;
            output.UInt32(number);
            output.UInt32((uint)last);
            output.UInt32(1);
            runs++;
        }

        output.PatchUInt32(count, runs);
        output.End(box);
    }

    private static void WriteSizes(BoxBuilder output, SampleIndex index)
    {
        int box = output.Begin(BoxType.Stsz, 0, 0);
        output.UInt32(0);
        output.UInt32((uint)index.Count);
        SampleIndex.SampleCursor samples = index.Samples();
        while (samples.MoveNext()) output.UInt32((uint)samples.Size);
        output.End(box);
    }

    private static void WriteChunkOffsets(BoxBuilder output, SampleIndex index)
    {
        int box = output.Begin(BoxType.Co64, 0, 0);
        output.UInt32((uint)index.ChunkCount);
        SampleIndex.ChunkCursor chunks = index.Chunks();
        while (chunks.MoveNext()) output.UInt64((ulong)chunks.Offset);
        output.End(box);
    }

    /// <summary>A table of (count, value) pairs.</summary>
    private struct RunWriter
    {
        private readonly BoxBuilder _output;
        private readonly int _box;
        private uint _runs;
        private uint _count;
        private uint _value;

        public RunWriter(BoxBuilder output, uint type, byte version)
        {
            _output = output;
            _box = output.Begin(type, version, 0);
            output.UInt32(0);
        }

        public void Add(uint value)
        {
            if (_count > 0 && value != _value) Flush();
            _value = value;
            _count++;
        }

        public void End()
        {
            if (_count > 0) Flush();
            _output.PatchUInt32(_box + 12, _runs);
            _output.End(_box);
        }

        private void Flush()
        {
            _output.UInt32(_count);
            _output.UInt32(_value);
            _runs++;
            _count = 0;
        }
    }
}
