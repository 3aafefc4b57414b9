using System.Runtime.InteropServices;

namespace Media.FFmpeg.Native;

/// <summary>An AVCodecParameters: the door to the few codec fields that no option reaches.</summary>
internal sealed unsafe class CodecParameters : SafeHandle
{
    // Where all known releases agree.
    private const int ExtradataOffset = 16;
    private const int ExtradataSizeOffset = 24;
    private const int InputPadding = 64; // AV_INPUT_BUFFER_PADDING_SIZE

    private CodecParameters(nint parameters)
        : base(0, true) => SetHandle(parameters);

    public override bool IsInvalid => handle == 0;

    public static CodecParameters From(CodecContextHandle context)
    {
        var parameters = new CodecParameters((nint)AvCodec.avcodec_parameters_alloc());
        if (parameters.IsInvalid) throw new FFmpegException("no memory for codec parameters");
        int error = AvCodec.avcodec_parameters_from_context((byte*)parameters.handle, context);
        if (error >= 0) return parameters;
        parameters.Dispose();
        throw new FFmpegException("read codec parameters", error);
    }

    public byte[] Extradata
    {
        get
        {
            byte* data = *(byte**)(handle + ExtradataOffset);
            int size = *(int*)(handle + ExtradataSizeOffset);
            return data == null ? [] : new ReadOnlySpan<byte>(data, size).ToArray();
        }
    }

    public void SetExtradata(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return;
        byte* copy = (byte*)AvUtil.av_mallocz((nuint)(data.Length + InputPadding));
        if (copy == null) throw new FFmpegException("no memory for extradata");
        data.CopyTo(new Span<byte>(copy, data.Length));
        *(byte**)(handle + ExtradataOffset) = copy;
        *(int*)(handle + ExtradataSizeOffset) = data.Length;
    }

    public void SetFormat(int format) => *(int*)(handle + NativeLibraries.Release.ParameterFormatOffset) = format;

    public void ApplyTo(CodecContextHandle context) => FFmpegException.ThrowIfError(
        AvCodec.avcodec_parameters_to_context(context, (byte*)handle), "apply codec parameters");

    protected override bool ReleaseHandle()
    {
        byte* parameters = (byte*)handle;
        AvCodec.avcodec_parameters_free(&parameters);
        return true;
    }
}
