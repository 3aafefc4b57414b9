using System.Runtime.InteropServices;

namespace Media.FFmpeg.Native;

/// <summary>The part of libavfilter that is used. Resolved by <see cref="NativeLibraries"/>.</summary>
internal static unsafe partial class AvFilter
{
    public const string Library = "avfilter";

    [LibraryImport(Library)]
    public static partial uint avfilter_version();

    [LibraryImport(Library)]
    public static partial nint avfilter_graph_alloc();

    [LibraryImport(Library)]
    public static partial void avfilter_graph_free(nint* graph);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint avfilter_get_by_name(string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int avfilter_graph_create_filter(
        nint* result, nint filter, string name, string? arguments, nint opaque, FilterGraphHandle graph);

    [LibraryImport(Library)]
    public static partial int avfilter_link(nint source, uint sourcePad, nint destination, uint destinationPad);

    [LibraryImport(Library)]
    public static partial int avfilter_graph_config(FilterGraphHandle graph, nint logContext);

    [LibraryImport(Library)]
    public static partial int av_buffersrc_add_frame(nint source, FrameHandle frame);

    [LibraryImport(Library)]
    public static partial int av_buffersink_get_frame(nint sink, FrameHandle frame);
}
