using Media.Containers;

namespace Media.Flv;

/// <summary>A tag to which one can seek; milliseconds from the file's first tag.</summary>
internal readonly record struct FlvPlace(long Time, long Offset);

/// <summary>
/// Where the keyframes of an FLV file are: as its metadata says (the <c>keyframes</c> that most tools write), else by looking at
/// every tag's header.
/// </summary>
internal static class FlvKeyframes
{
    private const int MaxPlaces = 1 << 20;

    // Sound alone: one place per second is enough.
    private const long SoundStep = 1000;

    /// <summary>Empty where the metadata has none, or none that can be true.</summary>
    public static List<FlvPlace> FromMetadata(AmfValue metadata, FileWindow file, uint first)
    {
        AmfValue keyframes = metadata["keyframes"];
        var times = keyframes["times"].Items;
        var offsets = keyframes["filepositions"].Items;
        var places = new List<FlvPlace>();
        if (times.Length != offsets.Length) return places;
        for (int i = 0; i < times.Length; i++)
        {
            double offset = offsets[i].Number;
            if (!(offset > 0 && offset < file.Length)) return [];
            var place = new FlvPlace(0, (long)offset);
            ReadOnlySpan<byte> start = file.Peek(place.Offset, FlvTagHeader.Length + 2);
            // Some tools count the sequence header among the keyframes; the tag's own time is the one that counts.
            if (!FlvTagHeader.TryParse(start, out FlvTagHeader tag) || tag.Type != FlvTagHeader.Video) return [];
            if (!IsKeyframe(tag, start[FlvTagHeader.Length..])) continue;
            place = place with { Time = unchecked((int)(tag.Timestamp - first)) };
            if (places.Count > 0 && (place.Offset <= places[^1].Offset || place.Time < places[^1].Time)) return [];
            places.Add(place);
        }

        return places;
    }

    public static List<FlvPlace> Scan(FileWindow file, long offset, uint first, bool hasVideo)
    {
        var places = new List<FlvPlace>();
        while (places.Count < MaxPlaces)
        {
            ReadOnlySpan<byte> start = file.Peek(offset, FlvTagHeader.Length + 2);
            if (!FlvTagHeader.TryParse(start, out FlvTagHeader tag)) break;
            long time = unchecked((int)(tag.Timestamp - first));
            bool isPlace = hasVideo
                ? tag.Type == FlvTagHeader.Video && IsKeyframe(tag, start[FlvTagHeader.Length..])
                : tag.Type == FlvTagHeader.Audio && (places.Count == 0 || time - places[^1].Time >= SoundStep);
            if (isPlace) places.Add(new FlvPlace(time, offset));
            offset += FlvTagHeader.Length + tag.Size + FlvTagHeader.TrailerLength;
        }

        return places;
    }

    // Frame type 1, and no sequence header
    private static bool IsKeyframe(FlvTagHeader tag, ReadOnlySpan<byte> body) =>
        tag.Size > 2 && body.Length > 1 && body[0] >> 4 == 1 && ((body[0] & 15) != (int)FlvVideoCodec.Avc || body[1] == (byte)FlvPacketType.Frame);
}
