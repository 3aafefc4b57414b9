using System.Runtime.InteropServices;

namespace Media.FFmpeg.Native;

/// <summary>The part of libavcodec that is used. Resolved by <see cref="NativeLibraries"/>.</summary>
internal static unsafe partial class AvCodec
{
    public const string Library = "avcodec";

    [LibraryImport(Library)]
    public static partial uint avcodec_version();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint avcodec_find_decoder_by_name(string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint avcodec_find_encoder_by_name(string name);

    [LibraryImport(Library)]
    public static partial nint avcodec_alloc_context3(nint codec);

    [LibraryImport(Library)]
    public static partial void avcodec_free_context(nint* context);

    [LibraryImport(Library)]
    public static partial int avcodec_open2(CodecContextHandle context, nint codec, nint* options);

    [LibraryImport(Library)]
    public static partial void avcodec_flush_buffers(CodecContextHandle context);

    [LibraryImport(Library)]
    public static partial byte* avcodec_parameters_alloc();

    [LibraryImport(Library)]
    public static partial void avcodec_parameters_free(byte** parameters);

    [LibraryImport(Library)]
    public static partial int avcodec_parameters_to_context(CodecContextHandle context, byte* parameters);

    [LibraryImport(Library)]
    public static partial int avcodec_parameters_from_context(byte* parameters, CodecContextHandle context);

    [LibraryImport(Library)]
    public static partial int avcodec_send_packet(CodecContextHandle context, PacketHandle packet);

    [LibraryImport(Library, EntryPoint = "avcodec_send_packet")]
    public static partial int avcodec_send_end(CodecContextHandle context, nint nullPacket);

    [LibraryImport(Library)]
    public static partial int avcodec_receive_frame(CodecContextHandle context, FrameHandle frame);

    [LibraryImport(Library)]
    public static partial int avcodec_send_frame(CodecContextHandle context, FrameHandle frame);

    [LibraryImport(Library)]
    public static partial int avcodec_receive_packet(CodecContextHandle context, PacketHandle packet);

    [LibraryImport(Library)]
    public static partial nint av_packet_alloc();

    [LibraryImport(Library)]
    public static partial void av_packet_free(nint* packet);

    [LibraryImport(Library)]
    public static partial int av_new_packet(PacketHandle packet, int size);

    [LibraryImport(Library)]
    public static partial void av_packet_unref(PacketHandle packet);
}
