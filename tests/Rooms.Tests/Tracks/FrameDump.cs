using System.Text;
using Media;
using Media.Codecs;
using Rooms.Tracks;

namespace Rooms.Tests.Tracks;

/// <summary>A subscriber that keeps the frames of a track, and writes them as a file that ffmpeg reads.</summary>
internal sealed class FrameDump : IFrameSink
{
    private static readonly byte[] s_temporalDelimiter = [0x12, 0];

    private readonly List<(TrackFormat Format, byte[] Data, long Time, bool IsKeyframe)> _frames = [];

    public IEnumerable<long> Times => _frames.Select(frame => frame.Time);

    public IEnumerable<byte[]> Payloads => _frames.Select(frame => frame.Data);

    public int Count => _frames.Count;

    public void OnFrame(in MediaFrame frame) => _frames.Add((frame.Format, frame.Data.ToArray(), frame.PresentationTime, frame.IsKeyframe));

    public void OnClosed(CloseReason reason)
    {
    }

    public void Save(string path)
    {
        if (_frames[0].Format.Codec == Codec.H264) SaveAnnexB(path);
        else SaveIvf(path);
    }

    private void SaveAnnexB(string path)
    {
        using FileStream file = File.Create(path);
        foreach ((TrackFormat format, byte[] data, _, bool isKeyframe) in _frames)
        {
            var sets = isKeyframe ? format.ParameterSets : [];
            byte[] stream = new byte[H264Frame.AnnexBLength(data, sets)];
            file.Write(stream, 0, H264Frame.WriteAnnexB(data, sets, stream));
        }
    }

    private void SaveIvf(string path)
    {
        TrackFormat format = _frames[0].Format;
        byte[] prefix = format.Codec == Codec.Av1 ? s_temporalDelimiter : [];
        using var file = new BinaryWriter(File.Create(path));
        file.Write("DKIF\0\0 \0"u8);
        file.Write(Encoding.ASCII.GetBytes(format.Codec switch { Codec.Vp8 => "VP80", Codec.Vp9 => "VP90", _ => "AV01" }));
        file.Write((ushort)format.Video!.Width);
        file.Write((ushort)format.Video.Height);
        file.Write(90_000);
        file.Write(1);
        file.Write((long)_frames.Count);
        foreach ((_, byte[] data, long time, _) in _frames)
        {
            file.Write(prefix.Length + data.Length);
            file.Write(time);
            file.Write(prefix);
            file.Write(data);
        }
    }
}
