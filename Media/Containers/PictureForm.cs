using Media.Buffers;
using Media.Codecs;

namespace Media.Containers;

/// <summary>VP8 and VP9: the keyframes themselves tell size and depth; until the first one the container's size counts.</summary>
internal sealed class PictureForm : CanonicalForm
{
    private readonly Codec _codec;
    private TrackFormat? _format;

    public PictureForm(Codec codec, int width, int height)
    {
        _codec = codec;
        if (width > 0 && height > 0) Update(new VideoProperties(width, height, 0));
    }

    public override TrackFormat? Format => _format;

    protected override bool TryMakeCore(PooledBuffer buffer, int length, bool isSync, out CanonicalSample sample)
    {
        ReadOnlySpan<byte> data = buffer.Array.AsSpan(0, length);
        bool isGood, isKeyframe;
        VideoProperties? video = null;
        if (_codec == Codec.Vp8)
        {
            isGood = Vp8Header.TryParse(data, out Vp8Header header);
            isKeyframe = header.IsKeyframe;
            if (isKeyframe) video = new VideoProperties(header.Width, header.Height, 0);
        }
        else
        {
            isGood = Vp9Header.TryParse(data, out Vp9Header header);
            isKeyframe = header.IsKeyframe;
            if (isKeyframe) video = header.ToVideoProperties(header.Width, header.Height);
        }

        if (isGood && video is not null) Update(video);
        sample = new CanonicalSample(buffer, 0, length, isKeyframe, false);
        return isGood;
    }

    private void Update(VideoProperties video)
    {
        if (video == _format?.Video) return;
        _format = new TrackFormat { Codec = _codec, ClockRate = VideoClockRate, Version = (_format?.Version ?? -1) + 1, Video = video };
    }
}
