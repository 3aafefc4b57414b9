using System.Runtime.InteropServices;

namespace Media.FFmpeg.Native;

/// <summary>An AVCodecContext. Its fields are reached by AVOptions only, for their names outlive releases.</summary>
internal sealed unsafe class CodecContextHandle : SafeHandle
{
    private CodecContextHandle(nint context)
        : base(0, true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    public static CodecContextHandle Allocate(nint codec)
    {
        nint context = AvCodec.avcodec_alloc_context3(codec);
        return context != 0 ? new CodecContextHandle(context) : throw new FFmpegException("no memory for a codec");
    }

    /// <summary>Opens the decoder of that name for a stream with the given out-of-band configuration.</summary>
    public static CodecContextHandle OpenDecoder(
        string name, ReadOnlySpan<byte> configuration, params ReadOnlySpan<(string Name, string Value)> options)
    {
        nint codec = AvCodec.avcodec_find_decoder_by_name(name);
        if (codec == 0) throw new FFmpegException($"this FFmpeg has no decoder '{name}'");
        CodecContextHandle context = Allocate(codec);
        try
        {
            using var parameters = CodecParameters.From(context);
            parameters.SetExtradata(configuration);
            parameters.ApplyTo(context);
            context.SetAll(options);
            FFmpegException.ThrowIfError(AvCodec.avcodec_open2(context, codec, null), $"open decoder {name}");
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <param name="sampleFormat">AVSampleFormat for audio, which no option sets; negative for video.</param>
    public static CodecContextHandle OpenEncoder(
        string name, int sampleFormat, params ReadOnlySpan<(string Name, string Value)> options)
    {
        nint codec = AvCodec.avcodec_find_encoder_by_name(name);
        if (codec == 0) throw new FFmpegException($"this FFmpeg has no encoder '{name}'");
        CodecContextHandle context = Allocate(codec);
        try
        {
            if (sampleFormat >= 0)
            {
                using var parameters = CodecParameters.From(context);
                parameters.SetFormat(sampleFormat);
                parameters.ApplyTo(context);
            }

            context.SetAll(options);
            FFmpegException.ThrowIfError(AvCodec.avcodec_open2(context, codec, null), $"open encoder {name}");
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <param name="name">The option's name with a terminating zero.</param>
    public bool TryGetInt(ReadOnlySpan<byte> name, out long value)
    {
        long result = 0;
        int error;
        fixed (byte* text = name) error = AvUtil.av_opt_get_int(this, text, 0, &result);
        value = result;
        return error >= 0;
    }

    /// <summary>The bytes of a text option, written to <paramref name="destination"/>; 0 where there is none.</summary>
    public int GetText(ReadOnlySpan<byte> name, Span<byte> destination)
    {
        byte* value = null;
        int error;
        fixed (byte* text = name) error = AvUtil.av_opt_get(this, text, 0, &value);
        if (error < 0 || value == null) return 0;
        ReadOnlySpan<byte> found = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(value);
        int length = Math.Min(found.Length, destination.Length);
        found[..length].CopyTo(destination);
        AvUtil.av_free(value);
        return length;
    }

    public void SetInt(string name, long value) =>
        FFmpegException.ThrowIfError(AvUtil.av_opt_set_int(this, name, value, AvUtil.SearchChildren), name);

    private void SetAll(ReadOnlySpan<(string Name, string Value)> options)
    {
        foreach ((string name, string value) in options)
        {
            int error = AvUtil.av_opt_set(this, name, value, AvUtil.SearchChildren);
            FFmpegException.ThrowIfError(error, $"option {name}={value}");
        }
    }

    protected override bool ReleaseHandle()
    {
        nint context = handle;
        AvCodec.avcodec_free_context(&context);
        return true;
    }
}
