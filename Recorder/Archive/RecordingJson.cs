using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recorder.Archive;

/// <summary>The form of <c>recording.json</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(RecordingDocument))]
internal sealed partial class RecordingJson : JsonSerializerContext
{
    public static byte[] Write(RecordingDocument document) => JsonSerializer.SerializeToUtf8Bytes(document, Default.RecordingDocument);

    /// <summary>False for what is not a document of ours, whatever it is.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out RecordingDocument document)
    {
        document = null!;
        try
        {
            if (JsonSerializer.Deserialize(json, Default.RecordingDocument) is not { } read) return false;
            if (read.Version is not (> 0 and <= Archive.RecordingDocument.CurrentVersion)) return false;
            document = Whole(read);
            return RecordingId.IsValid(document.Id) && Rooms.RoomName.IsValid(document.Room);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Lists that were not there become empty ones.</summary>
    private static RecordingDocument Whole(RecordingDocument document) => document with
    {
        Publications = document.Publications.IsDefault ? [] : [.. document.Publications.Where(publication => publication is { Name: not null }).Select(Whole)],
    };

    private static RecordedPublication Whole(RecordedPublication publication) => publication with
    {
        Segments = publication.Segments.IsDefault ? [] : [.. publication.Segments.Where(segment => segment is not null && RecordingFolder.IsFileName(segment.File)).Select(Whole)],
        Gaps = publication.Gaps.IsDefault ? [] : publication.Gaps,
        Notes = publication.Notes.IsDefault ? [] : publication.Notes,
    };

    private static RecordedSegment Whole(RecordedSegment segment) => segment with
    {
        Thumbnail = segment.Thumbnail is { } name && RecordingFolder.IsFileName(name) ? name : null,
        Tracks = segment.Tracks.IsDefault ? [] : segment.Tracks,
    };
}
