using Recorder.Files;

namespace Recorder.Tests;

/// <summary>A disk that can be full, fail, and lose its power: what was not synced is then gone. Files are in memory.</summary>
internal sealed class TestDisk : IRecordingDisk
{
    private readonly Dictionary<string, TestFile> _files = [];

    /// <summary>Bytes that fit on it.</summary>
    public long Size { get; set; } = long.MaxValue;

    public bool IsBroken { get; set; }

    public long Used => _files.Values.Sum(file => file.Length);

    public int Syncs { get; set; }

    public IReadOnlyDictionary<string, TestFile> Files => _files;

    public IRecordingFile Create(string path)
    {
        Check(0);
        if (_files.ContainsKey(path)) throw new IOException("It exists.");
        return _files[path] = new TestFile(this);
    }

    public long FreeBytes(string folder) => Size - Used;

    public void Check(long more)
    {
        if (IsBroken) throw new IOException("Input/output error", 5);
        if (Used + more > Size) throw new IOException("No space left on device", 28);
    }
}

internal sealed class TestFile(TestDisk disk) : IRecordingFile
{
    private readonly MemoryStream _content = new();
    private byte[] _synced = [];

    public long Length => _content.Length;

    public bool IsClosed { get; private set; }

    public byte[] Content => _content.ToArray();

    /// <summary>What is left of it when the power goes now.</summary>
    public byte[] AfterPowerCut => _synced;

    public void Append(ReadOnlySpan<byte> data)
    {
        // A disk that becomes full takes a part of what was to be written.
        long room = Math.Clamp(disk.Size - disk.Used, 0, data.Length);
        _content.Seek(0, SeekOrigin.End);
        if (!disk.IsBroken && room < data.Length) _content.Write(data[..(int)room]);
        disk.Check(data.Length - room > 0 ? data.Length : 0);
        _content.Write(data);
    }

    public void Overwrite(long offset, ReadOnlySpan<byte> data)
    {
        disk.Check(0);
        _content.Seek(offset, SeekOrigin.Begin);
        _content.Write(data);
    }

    public void Truncate(long length) => _content.SetLength(length);

    public void Sync()
    {
        if (disk.IsBroken) throw new IOException("Input/output error", 5);
        disk.Syncs++;
        _synced = _content.ToArray();
    }

    public void Dispose() => IsClosed = true;
}
