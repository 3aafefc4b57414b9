using System.Runtime.InteropServices;

namespace Media.FFmpeg.Native;

/// <summary>The part of libavutil that is used. Resolved by <see cref="NativeLibraries"/>.</summary>
internal static unsafe partial class AvUtil
{
    public const string Library = "avutil";

    /// <summary>AV_OPT_SEARCH_CHILDREN: also look at the codec's private options.</summary>
    public const int SearchChildren = 1;

    [LibraryImport(Library)]
    public static partial uint avutil_version();

    [LibraryImport(Library)]
    public static partial nint av_version_info();

    [LibraryImport(Library)]
    public static partial void av_log_set_level(int level);

    [LibraryImport(Library)]
    public static partial void av_log_set_callback(nint callback);

    [LibraryImport(Library)]
    public static partial int av_strerror(int error, byte* text, nuint size);

    [LibraryImport(Library)]
    public static partial void* av_mallocz(nuint size);

    [LibraryImport(Library)]
    public static partial void av_free(void* memory);

    [LibraryImport(Library)]
    public static partial nint av_frame_alloc();

    [LibraryImport(Library)]
    public static partial void av_frame_free(nint* frame);

    [LibraryImport(Library)]
    public static partial void av_frame_unref(FrameHandle frame);

    [LibraryImport(Library)]
    public static partial void av_frame_move_ref(FrameHandle destination, FrameHandle source);

    [LibraryImport(Library)]
    public static partial int av_frame_ref(FrameHandle destination, FrameHandle source);

    [LibraryImport(Library)]
    public static partial int av_frame_get_buffer(FrameHandle frame, int align);

    [LibraryImport(Library)]
    public static partial int av_frame_make_writable(FrameHandle frame);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int av_opt_set(CodecContextHandle target, string name, string value, int flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int av_opt_set_int(CodecContextHandle target, string name, long value, int flags);

    [LibraryImport(Library)]
    public static partial int av_opt_get_int(CodecContextHandle target, byte* name, int flags, long* value);

    [LibraryImport(Library)]
    public static partial int av_opt_get(CodecContextHandle target, byte* name, int flags, byte** value);
}
