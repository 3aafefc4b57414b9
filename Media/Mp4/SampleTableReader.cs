using System.Buffers.Binary;
using Media.Containers;

namespace Media.Mp4;

/// <summary>
/// Makes the index of a track out of its sample tables (ISO/IEC 14496-12 §8.6, §8.7), in one pass over all of them. A hostile
/// table can't name more samples than the file has bytes.
/// </summary>
internal ref struct SampleTableReader
{
    // 20 ms at 8 kHz: where each sample of sound is a sample of the file, so many make a frame
    private const int PcmFrame = 160;

    private readonly ParsedTrack _track;
    private readonly long _fileLength;
    private readonly SampleBudget _budget;
    private readonly ReadOnlySpan<byte> _durations;
    private readonly ReadOnlySpan<byte> _compositions;
    private readonly ReadOnlySpan<byte> _keyframes;
    private readonly ReadOnlySpan<byte> _chunkRuns;
    private readonly ReadOnlySpan<byte> _offsets;
    private readonly bool _hasKeyframes;
    private readonly bool _hasLargeOffsets;
    private readonly SizeTable _sizes;
    private RunCursor _duration;
    private RunCursor _composition;
    private int _nextKeyframe;
    private long _decode;
    private uint _number;

    public SampleTableReader(ReadOnlySpan<byte> table, ParsedTrack track, long fileLength, SampleBudget budget)
    {
        _track = track;
        _fileLength = fileLength;
        _budget = budget;
        var boxes = new BoxReader(table);
        while (boxes.MoveNext())
        {
            var fields = new FieldReader(boxes.Content, boxes.Type);
            if (boxes.Type is BoxType.Stts or BoxType.Ctts or BoxType.Stss or BoxType.Stsc or BoxType.Stco or BoxType.Co64) fields.Version(out _);
            switch (boxes.Type)
            {
                case BoxType.Stts: _durations = fields.Table(8); break;
                case BoxType.Ctts: _compositions = fields.Table(8); break;
                case BoxType.Stsc: _chunkRuns = fields.Table(12); break;
                case BoxType.Stco: _offsets = fields.Table(4); break;
                case BoxType.Stsz or BoxType.Stz2: _sizes = new SizeTable(boxes.Content, boxes.Type); break;
                case BoxType.Stss:
                    _keyframes = fields.Table(4);
                    _hasKeyframes = true;
                    break;
                case BoxType.Co64:
                    _offsets = fields.Table(8);
                    _hasLargeOffsets = true;
                    break;
            }
        }

        if (boxes.IsMalformed) throw new MediaFileException("A box in a track's sample table has an impossible size.");
        _duration = new RunCursor(_durations);
        _composition = new RunCursor(_compositions);
    }

    public void Read()
    {
        uint count = _sizes.Count;
        if (count == 0) return;
        bool isPcm = _track.IsAudio && _sizes.Constant > 0 && _track.SampleEntryType is BoxType.Ulaw or BoxType.Alaw;
        if (count > (ulong)_fileLength) throw new MediaFileException($"A track names {count} samples, which is more than the file can hold.");
        int chunks = _offsets.Length / (_hasLargeOffsets ? 8 : 4);
        int run = 0;
        uint perChunk = 0;
        for (int chunk = 0; chunk < chunks && _number < count; chunk++)
        {
            while (run < _chunkRuns.Length / 12 && UInt32(_chunkRuns, run * 12) <= (uint)chunk + 1)
                perChunk = UInt32(_chunkRuns, (run++ * 12) + 4);
            uint samples = Math.Min(perChunk, count - _number);
            if (samples == 0) continue;
            _budget.Take(isPcm ? (samples + PcmFrame - 1) / PcmFrame : samples);
            long offset = _hasLargeOffsets ? (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(_offsets[(chunk * 8)..]), long.MaxValue / 2) : UInt32(_offsets, chunk * 4);
            _track.Index.AddChunk(offset, isPcm ? AddPcm(samples) : AddSamples(samples));
        }

        if (_track.Index.TotalBytes / 2 > _fileLength) throw new MediaFileException("A track's samples take more room than the file has.");
    }

    private static uint UInt32(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt32BigEndian(data[at..]);

    private int AddSamples(uint samples)
    {
        for (uint i = 0; i < samples; i++, _number++)
        {
            uint duration = _duration.Next();
            _track.Index.Add(_sizes.Next(_number), _decode, (int)_composition.Next(), duration, IsKeyframe());
            _decode += duration;
        }

        return (int)samples;
    }

    private int AddPcm(uint samples)
    {
        int frames = 0;
        for (uint left = samples; left > 0; frames++)
        {
            uint count = Math.Min(left, PcmFrame);
            if (_sizes.Constant > 64) throw new MediaFileException("Samples of sound have an impossible size.");
            _track.Index.Add((int)(count * _sizes.Constant), _decode, 0, count, true);
            _decode += count;
            _number += count;
            left -= count;
        }

        return frames;
    }

    private bool IsKeyframe()
    {
        if (!_hasKeyframes) return true;
        while (_nextKeyframe < _keyframes.Length && UInt32(_keyframes, _nextKeyframe) < _number + 1) _nextKeyframe += 4;
        return _nextKeyframe < _keyframes.Length && UInt32(_keyframes, _nextKeyframe) == _number + 1;
    }

    /// <summary>The values of a table of runs, one after the other; where it ends too early, the last one goes on.</summary>
    private ref struct RunCursor(ReadOnlySpan<byte> table)
    {
        private readonly ReadOnlySpan<byte> _table = table;
        private int _at;
        private uint _left;
        private uint _value;

        public uint Next()
        {
            while (_left == 0 && _at < _table.Length)
            {
                _left = UInt32(_table, _at);
                _value = UInt32(_table, _at + 4);
                _at += 8;
            }

            if (_left > 0) _left--;
            return _value;
        }
    }

    /// <summary>stsz and its compact form stz2 (§8.7.3).</summary>
    private readonly ref struct SizeTable
    {
        private readonly ReadOnlySpan<byte> _table;
        private readonly int _bits = 32;

        public SizeTable(ReadOnlySpan<byte> content, uint type)
        {
            var fields = new FieldReader(content, type);
            fields.Version(out _);
            uint first = fields.UInt32();
            if (type == BoxType.Stz2) _bits = (int)(first & 0xff);
            else Constant = first;
            Count = fields.UInt32();
            if (_bits is not (4 or 8 or 16 or 32)) throw new MediaFileException("A compact table of sizes has an impossible field size.");
            if (Constant > 0) return;
            if ((((ulong)Count * (uint)_bits) + 7) / 8 > (ulong)fields.Left)
                throw new MediaFileException($"The {BoxType.Name(type)} box names {Count} entries, which it has no room for.");
            _table = fields.Take(fields.Left);
        }

        public uint Constant { get; }

        public uint Count { get; }

        public int Next(uint number)
        {
            uint size = Constant > 0 ? Constant : _bits switch
            {
                4 => (uint)(_table[(int)(number / 2)] >> ((number & 1) == 0 ? 4 : 0)) & 15,
                8 => _table[(int)number],
                16 => BinaryPrimitives.ReadUInt16BigEndian(_table[(int)(number * 2)..]),
                _ => UInt32(_table, (int)(number * 4)),
            };
            return size <= int.MaxValue ? (int)size : throw new MediaFileException($"A sample of {size} bytes is none.");
        }
    }
}
