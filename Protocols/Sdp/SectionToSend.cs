using Media;

namespace Protocols.Sdp;

/// <summary>A section of a <see cref="ReceivingOffer"/> that is to be answered with a stream.</summary>
/// <param name="StreamId">Told to the peer, where it names the stream.</param>
/// <param name="Media">What may be sent now and later, best first.</param>
/// <param name="Before">
/// What the section sends since an earlier answer. It is answered as it was where it is the same stream and the peer still
/// has all of its payload types.
/// </param>
public sealed record SectionToSend(string Mid, string StreamId, SendableMedia Media, SentSection? Before = null);
