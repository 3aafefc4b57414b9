using Gateway.Http;
using Media;
using Rooms;

namespace Gateway.Whep;

/// <summary>Tells one client of a session what happens to the publication that it watches.</summary>
/// <param name="types">Event types that are wanted; null = all.</param>
internal sealed class WhepEvents(WhepSession session, EventStream stream, string[]? types)
{
    private int _viewers = -1;
    private string? _note;

    private Publication Publication => session.Viewer.Publication;

    public async Task RunAsync(RoomEventListener listener, CancellationToken stop)
    {
        await SendAsync(Publication.State == PublicationState.Live ? "active" : "inactive", new Nothing());
        await SendMediaAsync();
        await SendViewersAsync();
        await SendNoteAsync();
        while (!session.Ended.IsCompleted)
        {
            Task<RoomEvent> next = listener.Reader.ReadAsync(stop).AsTask();
            await Task.WhenAny(next, session.Ended);
            if (!next.IsCompleted) break;
            RoomEvent news = await next;
            if (news.Room == Publication.Room.Name && news.Publication == Publication.Name) await TellAsync(news);
        }

        await stream.SendAsync("closed", new Closed((await session.Ended).Name(), Publication.State == PublicationState.Ended));
    }

    private Task TellAsync(RoomEvent news) => news.Type switch
    {
        RoomEvent.PublicationAway => SendAsync("inactive", new Nothing()),
        RoomEvent.PublicationResumed or RoomEvent.PublicationStarted => SendAsync("active", new Nothing()),
        RoomEvent.TrackAdded or RoomEvent.TrackChanged => SendMediaAsync(),
        RoomEvent.SubscriberJoined or RoomEvent.SubscriberLeft => SendViewersAsync(),
        RoomEvent.SubscriberChanged when news.Subject == session.Viewer.Id => SendNoteAsync(),
        _ => Task.CompletedTask,
    };

    /// <summary>What this viewer does not get, and why. Beyond the draft, as <c>media</c>.</summary>
    private async Task SendNoteAsync()
    {
        string? note = Publication.Snapshot.Subscribers.FirstOrDefault(subscriber => subscriber.Id == session.Viewer.Id)?.Remark;
        if (note == _note) return;
        _note = note;
        await stream.SendAsync("note", new Note(note));
    }

    private async Task SendMediaAsync()
    {
        TrackSnapshot[] tracks = [.. Publication.Snapshot.Tracks.Where(track => track.IsPublished)];
        // Not of the draft, but without it a page can't know that there is a picture now: sent whatever was chosen.
        await stream.SendAsync("media", new MediaKinds([.. tracks.Select(track => track.Format.Kind)]));
        WhepLayer[] layers = [.. WhepLayers.Of(Publication.Snapshot)];
        if (layers.Length == 0) return;
        string? mid = session.Answer.Media.FirstOrDefault(media => media.Kind == "video")?.Mid;
        var media = new MediaLayers([.. layers.Where(layer => layer.IsActive)], [.. layers.Where(layer => !layer.IsActive)], layers);
        await SendAsync("layers", new Layers(new() { [mid ?? "video"] = media }));
    }

    private async Task SendViewersAsync()
    {
        int viewers = Publication.Snapshot.Subscribers.Length;
        if (viewers == _viewers) return;
        _viewers = viewers;
        await SendAsync("viewercount", new ViewerCount(viewers));
    }

    private Task SendAsync<T>(string type, T data) =>
        types is null || types.Contains(type) ? stream.SendAsync(type, data) : Task.CompletedTask;

    internal sealed record Nothing;

    internal sealed record Note(string? Text);

    internal sealed record MediaKinds(MediaKind[] Kinds);

    internal sealed record ViewerCount(int Viewercount);

    internal sealed record Closed(string Reason, bool PublicationEnded);

    internal sealed record Layers(Dictionary<string, MediaLayers> Media);

    internal sealed record MediaLayers(WhepLayer[] Active, WhepLayer[] Inactive, WhepLayer[] Layers);
}
