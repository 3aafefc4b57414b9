using System.Buffers.Binary;
using Media.Buffers;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>
/// VP9 pictures from RTP payloads (RFC 9628). The layers of one picture come out as one superframe (VP9 Annex B), which is what
/// decoders and files take.
/// </summary>
public sealed class Vp9Depacketizer(BufferPool? pool = null) : VideoDepacketizer(pool)
{
    private const int MaxLayers = 8;
    private const int SuperframeMarker = 0xc0;

    private readonly PictureFormat _format = new(Codec.Vp9);
    private readonly int[] _layerStarts = new int[MaxLayers];
    private int _layers;
    private bool _isLayerOpen;
    private bool _isPredicted;
    private int _width;
    private int _height;

    private protected override void Reset()
    {
        _layers = 0;
        _isLayerOpen = _isPredicted = false;
        _width = _height = 0;
    }

    private protected override bool BeginsFrame(ReadOnlySpan<byte> payload) =>
        Vp9Descriptor.TryParse(payload, out Vp9Descriptor descriptor) && descriptor.Info is { StartsFrame: true, SpatialId: 0 };

    private protected override bool TryAppend(ReadOnlySpan<byte> payload)
    {
        if (!Vp9Descriptor.TryParse(payload, out Vp9Descriptor descriptor)) return false;
        if (descriptor.Info.StartsFrame == _isLayerOpen) return false;
        if (descriptor.Info.StartsFrame)
        {
            if (_layers == MaxLayers) return false;
            if (_layers == 0) _isPredicted = descriptor.IsPredicted || descriptor.Info.IsInterLayerPredicted;
            _layerStarts[_layers++] = Content.Length;
            (_width, _height) = (Math.Max(_width, descriptor.Width), Math.Max(_height, descriptor.Height));
        }

        _isLayerOpen = !descriptor.Info.EndsFrame;
        Content.Append(payload[descriptor.Info.DescriptorLength..]);
        return true;
    }

    private protected override FrameEnd Finish(long timestamp, out MediaFrame frame)
    {
        frame = default;
        if (_isLayerOpen || !Vp9Header.TryParse(Content.Content, out Vp9Header header)) return FrameEnd.Broken;
        bool isKeyframe = header.IsKeyframe && !_isPredicted;
        if (isKeyframe) _format.Update(header.ToVideoProperties(Math.Max(_width, header.Width), Math.Max(_height, header.Height)));
        if (_format.Current is not { } format) return FrameEnd.Broken;
        if (_layers > 1) AppendIndex();
        if (Content.IsOverfull) return FrameEnd.Broken;
        int length = Content.Length;
        frame = new MediaFrame(format, Content.Take(), 0, length, timestamp, timestamp, isKeyframe);
        return FrameEnd.Complete;
    }

    // VP9 Annex B.2: | 110 | bytes per size - 1, 2 | frames - 1, 3 | sizes, little endian | the first byte again |
    private void AppendIndex()
    {
        int end = Content.Length;
        byte marker = (byte)(SuperframeMarker | (3 << 3) | (_layers - 1));
        Span<byte> size = stackalloc byte[4];
        Content.Append(marker);
        for (int i = 0; i < _layers; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(size, (i + 1 < _layers ? _layerStarts[i + 1] : end) - _layerStarts[i]);
            Content.Append(size);
        }

        Content.Append(marker);
    }
}
