using System.Security.Cryptography;
using Media;
using Rooms;
using Rooms.Tracks;

namespace Gateway.Tests.Rtmp;

/// <summary>One frame as it came over the bus.</summary>
internal sealed record CollectedFrame(long DecodeTime, long PresentationTime, int ClockRate, bool IsKeyframe, string Hash)
{
    public double DecodeMilliseconds => DecodeTime * 1000.0 / ClockRate;

    public double PresentationMilliseconds => PresentationTime * 1000.0 / ClockRate;
}

/// <summary>Remembers times and contents of the frames of a track. Filled on the track's loop.</summary>
internal sealed class FrameCollector : IFrameSink
{
    private readonly List<CollectedFrame> _frames = [];

    public CollectedFrame[] Frames
    {
        get
        {
            lock (_frames) return [.. _frames];
        }
    }

    public void OnFrame(in MediaFrame frame)
    {
        lock (_frames)
        {
            _frames.Add(new CollectedFrame(
                frame.DecodeTime, frame.PresentationTime, frame.Format.ClockRate, frame.IsKeyframe,
                Convert.ToHexString(SHA256.HashData(frame.Data))));
        }
    }

    public void OnClosed(CloseReason reason)
    {
    }
}
