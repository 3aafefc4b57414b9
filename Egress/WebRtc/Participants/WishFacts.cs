using Media;
using Media.Scheduling;
using Protocols.Sdp;
using Rooms;
using Rooms.Tracks;

namespace Egress.WebRtc.Participants;

/// <summary>What the loop of the publication that is wished for has said of one wish.</summary>
/// <param name="IsThere">The publication is there.</param>
/// <param name="Sendable">What its medium can be sent as, and may become.</param>
/// <param name="Obstacle">Why nothing of it can be sent now; null = nothing is in the way.</param>
internal sealed record WishFacts(bool IsThere, SendableMedia Sendable, (string Refusal, string Detail)? Obstacle)
{
    /// <summary>Asks all loops that the publications of the wishes live on, each once. By mid. Any thread.</summary>
    public static async Task<IReadOnlyDictionary<string, WishFacts>> GatherAsync(
        RoomRegistry rooms, ParticipantOffer request, ReceivingOffer offer, IReadOnlyCollection<string> toBeChecked)
    {
        var facts = new Dictionary<string, WishFacts>();
        var wanted = request.Wishes.Select(wish => (Wish: wish, Publication: rooms.Find(request.Room, wish.Publication)));
        foreach (IGrouping<MediaLoop?, (SectionWish Wish, Publication? Publication)> loop in wanted.GroupBy(pair => pair.Publication?.Loop))
        {
            if (loop.Key is { } home) await home.InvokeAsync(Add).ConfigureAwait(false);
            else Add();

            void Add()
            {
                foreach ((SectionWish wish, Publication? publication) in loop)
                    facts[wish.Mid] = Of(publication, wish, offer, toBeChecked.Contains(wish.Mid));
            }
        }

        return facts;
    }

    private static WishFacts Of(Publication? publication, SectionWish wish, ReceivingOffer offer, bool isToBeChecked)
    {
        MediaKind kind = offer.KindOf(wish.Mid)!.Value;
        Publication? found = publication is { State: not PublicationState.Ended } ? publication : null;
        return new WishFacts(
            found is not null, SendableCodecs.NowAndLater(found, kind), found is null ? null : ObstacleOf(found, kind, wish.Mid, offer, isToBeChecked));
    }

    /// <summary>
    /// An accepted section of video that never carries a packet keeps a browser's player of both waiting, so it must be
    /// possible now. Sound may come later.
    /// </summary>
    private static (string, string)? ObstacleOf(Publication publication, MediaKind kind, string mid, ReceivingOffer offer, bool isToBeChecked)
    {
        Codec[] codecs = [.. SendableCodecs.Of(publication, kind)];
        if (codecs.Length == 0) return (WishRefusal.NoVideo, "No video is published.");
        Codec[] common = [.. codecs.Where(codec => offer.Takes(mid, codec))];
        if (common.Length == 0)
        {
            return (WishRefusal.NoCommonCodec,
                $"The section can receive {offer.Describe(mid)}. This stream can be sent as {string.Join(", ", codecs.Select(codec => codec.Name()))}.");
        }

        if (kind == MediaKind.Audio || !isToBeChecked) return null;
        string? reason = null;
        foreach (Codec codec in common)
        {
            TrackView view = publication.Views.Find(new TrackShape(TrackForm.Packets, codec, ForBrowsers: true));
            if (view.Track is not null) return null;
            reason ??= view.Reason;
        }

        return (WishRefusal.NoCommonCodec, reason!);
    }
}
