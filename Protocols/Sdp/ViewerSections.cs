using Media;

namespace Protocols.Sdp;

/// <summary>A section that is taken, and as what.</summary>
internal sealed record ChosenSection(MediaDescription Section, Codec Codec, SdpCodec Format);

/// <summary>Which sections of a viewer's offer are taken: the first of each kind that can receive something we can send.</summary>
internal sealed class ViewerSections
{
    private bool _isAudioAsked;
    private bool _isVideoAsked;

    public ChosenSection? Audio { get; private set; }

    public ChosenSection? Video { get; private set; }

    public string? AudioRefusal { get; private set; }

    public string? VideoRefusal { get; private set; }

    public NegotiationFailure? Failure { get; private set; }

    /// <summary>The first section taken, in the offer's order; its transport is the transport of all.</summary>
    public MediaDescription? First { get; private set; }

    public static ViewerSections Choose(SessionDescription offer, SendableMedia audio, SendableMedia video)
    {
        var sections = new ViewerSections();
        sections.Failure = OfferedSections.CheckMids(offer);
        if (sections.Failure is not null) return sections;
        foreach (MediaDescription section in offer.Media) sections.Consider(offer, section, audio, video);
        sections.Failure = sections.Judge(offer, audio, video);
        return sections;
    }

    private void Consider(SessionDescription offer, MediaDescription section, SendableMedia audio, SendableMedia video)
    {
        if (!IsReceiving(offer, section)) return;
        if (section.Kind == "audio" && !_isAudioAsked)
        {
            _isAudioAsked = true;
            Audio = Pick(section, audio);
            if (Audio is null && audio.Codecs.Length > 0) AudioRefusal = Refusal(section, audio);
        }
        else if (section.Kind == "video" && !_isVideoAsked)
        {
            _isVideoAsked = true;
            Video = Pick(section, video);
            if (Video is null && video.Codecs.Length > 0) VideoRefusal = Refusal(section, video);
        }
    }

    private ChosenSection? Pick(MediaDescription section, SendableMedia media)
    {
        if (!CodecMatcher.TryPick(section, media, out Codec codec, out SdpCodec? format)) return null;
        First ??= section;
        return new ChosenSection(section, codec, format!);
    }

    private NegotiationFailure? Judge(SessionDescription offer, SendableMedia audio, SendableMedia video)
    {
        if (First is not null) return null;
        if (!_isAudioAsked && !_isVideoAsked)
            return new NegotiationFailure(NegotiationError.NothingToReceive, "No audio or video section of the offer asks to receive (recvonly or sendrecv).");
        string offered = string.Join("; ", offer.Media.Where(section => IsReceiving(offer, section)).Select(OfferedSections.Describe));
        return new NegotiationFailure(
            NegotiationError.NoCommonCodec,
            $"No common codec. The offer can receive {offered}. This stream can be sent as {Describe(audio, video)}.");
    }

    private static bool IsReceiving(SessionDescription offer, MediaDescription section) =>
        OfferedSections.Flows(offer, section, SdpDirection.ReceiveOnly);

    private static string Refusal(MediaDescription section, SendableMedia media) =>
        $"No common {section.Kind} codec. The viewer can receive {OfferedSections.Describe(section)}. This stream can be sent as {Describe(media)}.";

    private static string Describe(SendableMedia audio, SendableMedia video)
    {
        string[] parts = [.. new[] { audio, video }.Where(media => media.Codecs.Length > 0).Select(Describe)];
        return parts.Length == 0 ? "nothing" : string.Join(", ", parts);
    }

    private static string Describe(SendableMedia media) =>
        string.Join(", ", media.Codecs.Select(codec => codec == Codec.H264 ? "H264 mode 1" : codec.Name()));
}
