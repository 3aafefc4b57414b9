using Media.Flv;

namespace Protocols.Rtmp;

/// <summary>Data messages that describe the stream: "@setDataFrame", "onMetaData", object; or without the first.</summary>
internal static class RtmpMetadata
{
    internal static bool TryParse(ReadOnlySpan<byte> payload, bool isAmf3, out AmfValue metadata)
    {
        metadata = default;
        if (payload.Length > RtmpCommand.MaxLength) return false;
        if (isAmf3 && payload.Length > 0) payload = payload[1..];
        var reader = new Amf0Reader(payload);
        if (!reader.TryRead(out AmfValue name) || name.Text is null) return false;
        if (name.Text == "@setDataFrame" && !reader.TryRead(out name)) return false;
        return name.Text == "onMetaData" && reader.TryRead(out metadata) && metadata.Kind == AmfKind.Object;
    }
}
