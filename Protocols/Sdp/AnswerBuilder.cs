using System.Buffers.Binary;
using System.Globalization;

namespace Protocols.Sdp;

/// <summary>
/// What answers to viewers and to publishers have in common: one transport, a section for each of the offer, those that
/// were accepted in the BUNDLE group.
/// </summary>
internal abstract class AnswerBuilder
{
    // RFC 8829 §5.3.1: the port when candidates say the rest
    private const int DiscardPort = 9;

    // RFC 8285 §4.2, §4.3: 15 ends the one-byte form, what is above needs the two-byte form.
    private const int LastShortId = 14;
    private const int LastLongId = 255;

    // What we can make use of, in the order of the answer
    private static readonly string[] SupportedFeedback = ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"];

    private readonly HashSet<int> _ambiguousIds;
    private readonly Dictionary<MediaDescription, MediaDescription> _accepted = [];

    protected AnswerBuilder(SessionDescription offer, LocalPeer local)
    {
        Offer = offer;
        Local = local;
        _ambiguousIds = AmbiguousIds(offer);
    }

    protected SessionDescription Offer { get; }

    protected LocalPeer Local { get; }

    /// <summary>What an extension must not be limited to, for us to do our part of it (RFC 8285 §5).</summary>
    protected abstract SdpDirection UselessDirection { get; }

    public SessionDescription Build()
    {
        var answer = new SessionDescription
        {
            // The session id is 63 bits, the version stays (RFC 8829 §5.2.1).
            Origin = string.Create(CultureInfo.InvariantCulture, $"- {RandomNumber() >> 1} 1 IN IP4 0.0.0.0"),
            IceLite = true,
            IceOptions = "trickle",
            ExtmapAllowMixed = Offer.ExtmapAllowMixed,
            MsidSemantic = "WMS *",
        };
        foreach (MediaDescription section in Offer.Media)
        {
            MediaDescription made = _accepted.TryGetValue(section, out MediaDescription? accepted) ? accepted
                : CarriesTransport(section) || (Keeps(section) && MayBeInactive(section)) ? Inactive(section)
                : Rejected(section);
            answer.Media.Add(made);
        }

        // In the order of the offer's group, whose first section is the one that the transport is named after.
        answer.Bundle = Offer.Bundle?.Where(mid => answer.Media.Exists(made => made.Mid == mid && made.IsActive)).ToList();

        return answer;
    }

    /// <summary>Whether a section that was not accepted stays, for another offer to use.</summary>
    protected virtual bool Keeps(MediaDescription section) => false;

    protected void Take(MediaDescription section, MediaDescription answer) => _accepted[section] = answer;

    protected MediaDescription WithTransport(MediaDescription section, SdpDirection direction)
    {
        var answer = new MediaDescription
        {
            Kind = section.Kind,
            Port = DiscardPort,
            Protocol = section.Protocol,
            Mid = section.Mid,
            Direction = direction,
            IceUfrag = Local.Credentials.UsernameFragment,
            IcePassword = Local.Credentials.Password,
            Fingerprint = Local.Fingerprint,
            Setup = DtlsSetup.Passive,
            RtcpMux = true,
            RtcpReducedSize = section.RtcpReducedSize,
            EndOfCandidates = true,
        };
        answer.Candidates.AddRange(Local.Candidates);
        return answer;
    }

    protected static void AddFormat(MediaDescription answer, SdpCodec format, string parameters, List<string> feedback)
    {
        var codec = new SdpCodec
        {
            PayloadType = format.PayloadType,
            Name = format.Name,
            ClockRate = format.ClockRate,
            Channels = format.Channels,
            Parameters = parameters,
        };
        codec.Feedback.AddRange(feedback);
        answer.Codecs.Add(codec);
        answer.Formats.Add(format.PayloadType.ToString(CultureInfo.InvariantCulture));
    }

    protected static void AddRtx(MediaDescription answer, SdpCodec format, int payloadType) => AddFormat(
        answer, new SdpCodec { PayloadType = payloadType, Name = "rtx", ClockRate = format.ClockRate },
        string.Create(CultureInfo.InvariantCulture, $"apt={format.PayloadType}"), []);

    /// <summary>The id of an extension that both sides can make use of; 0 = none.</summary>
    /// <param name="mayBeAmbiguous">The section of a packet is known before the extension is read.</param>
    protected byte IdOf(MediaDescription section, string uri, bool mayBeAmbiguous = false)
    {
        foreach (SdpHeaderExtension extension in section.Extensions)
        {
            if (extension.Uri != uri || extension.Direction == UselessDirection || extension.Direction == SdpDirection.Inactive) continue;
            bool isUsable = IsReadable(extension.Id) && (mayBeAmbiguous || !_ambiguousIds.Contains(extension.Id));
            return isUsable ? (byte)extension.Id : (byte)0;
        }

        return 0;
    }

    /// <summary>We write the one-byte form only, but can read both.</summary>
    protected virtual bool IsReadable(int id) => id is >= 1 and <= LastShortId;

    protected bool IsReadableInTwoByteForm(int id) => Offer.ExtmapAllowMixed && id is > LastShortId + 1 and <= LastLongId;

    protected static List<string> FeedbackOf(SdpCodec format, byte transportCcId) =>
    [
        .. SupportedFeedback.Where(name => format.Feedback.Contains(name) && (name != "transport-cc" || transportCcId != 0)),
    ];

    protected ulong RandomNumber()
    {
        Span<byte> bytes = stackalloc byte[8];
        Local.Random.GetBytes(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    protected string RandomText() => RandomNumber().ToString("x16", CultureInfo.InvariantCulture);

    // The first section of the group carries the transport of all. With bundlePolicy "max-bundle" the others have none of
    // their own, and Chromium refuses an answer that rejects that section ("Failed to setup RTCP mux"). Answered as
    // inactive it makes no track either, which is what a rejection is for. With "balanced" the sections that are
    // accepted have ports of their own, and the rejection works.
    private bool CarriesTransport(MediaDescription section) =>
        section.IsActive && section.RtcpMux && section.Codecs.Count > 0
        && Offer.Bundle is { Count: > 1 } bundle && bundle[0] == section.Mid
        && _accepted.Keys.All(accepted => accepted.Candidates.Count == 0 && (accepted.Port is 0 or DiscardPort));

    // What is in no group has no transport, now or later.
    private bool MayBeInactive(MediaDescription section) =>
        section.IsActive && section.Kind is "audio" or "video" && section.Codecs.Count > 0
        && (Offer.Bundle is null || Offer.Bundle.Contains(section.Mid!));

    private MediaDescription Inactive(MediaDescription section)
    {
        MediaDescription answer = WithTransport(section, SdpDirection.Inactive);
        AddFormat(answer, section.Codecs[0], section.Codecs[0].Parameters, []);
        return answer;
    }

    // RFC 3264 §6: port 0; the format list must not be empty.
    private static MediaDescription Rejected(MediaDescription section)
    {
        var answer = new MediaDescription { Kind = section.Kind, Port = 0, Protocol = section.Protocol, Mid = section.Mid };
        answer.Formats.Add(section.Formats.Count > 0 ? section.Formats[0] : "0");
        if (section.Codecs.Count == 0) return answer;
        answer.Direction = SdpDirection.Inactive;
        SdpCodec first = section.Codecs[0];
        answer.Codecs.Add(new SdpCodec { PayloadType = first.PayloadType, Name = first.Name, ClockRate = first.ClockRate, Channels = first.Channels });
        return answer;
    }

    // One id must mean one thing on one transport (RFC 9143 §14); aiortc's offers break that.
    private static HashSet<int> AmbiguousIds(SessionDescription offer)
    {
        var meanings = new Dictionary<int, string>();
        var ambiguous = new HashSet<int>();
        foreach (SdpHeaderExtension extension in offer.Media.SelectMany(section => section.Extensions))
            if (!meanings.TryAdd(extension.Id, extension.Uri) && meanings[extension.Id] != extension.Uri) ambiguous.Add(extension.Id);
        return ambiguous;
    }
}
