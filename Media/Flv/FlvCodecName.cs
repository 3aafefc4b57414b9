namespace Media.Flv;

/// <summary>Names for codecs that FLV can carry and the bus does not, for people to read.</summary>
internal static class FlvCodecName
{
    internal static string Of(in FlvVideoTag tag) =>
        tag.Codec == FlvVideoCodec.Enhanced ? FourCc(tag.FourCc)
        : Enum.IsDefined(tag.Codec) ? tag.Codec.ToString()
        : $"video codec {(byte)tag.Codec}";

    internal static string Of(in FlvAudioTag tag) =>
        tag.Codec == FlvAudioCodec.Enhanced ? FourCc(tag.FourCc)
        : Enum.IsDefined(tag.Codec) ? tag.Codec.ToString()
        : $"audio codec {(byte)tag.Codec}";

    // What a peer sent may be anything: only what is safe to print is printed.
    private static string FourCc(uint value)
    {
        Span<char> letters = stackalloc char[4];
        for (int i = 3; i >= 0; i--, value >>= 8)
        {
            char letter = (char)(value & 0xFF);
            letters[i] = char.IsAsciiLetterOrDigit(letter) || letter == '-' ? letter : '?';
        }

        return new string(letters);
    }
}
