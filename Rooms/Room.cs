using System.Collections.Immutable;

namespace Rooms;

/// <summary>A named place with its publications. The list changes under the registry's lock; reading needs none.</summary>
public sealed class Room
{
    private ImmutableArray<Publication> _publications = [];

    internal Room(string name, RoomRegistry registry)
    {
        Name = name;
        Registry = registry;
    }

    public string Name { get; }

    /// <summary>Oldest first; those whose publisher is away included.</summary>
    public ImmutableArray<Publication> Publications => _publications;

    internal RoomRegistry Registry { get; }

    public Publication? Find(string publication) =>
        _publications.FirstOrDefault(candidate => candidate.Name == publication);

    /// <summary>The one that a player gets who names none: the oldest live one.</summary>
    public Publication? Default => _publications.FirstOrDefault(p => p.State == PublicationState.Live);

    internal void Add(Publication publication) => _publications = _publications.Add(publication);

    internal void Remove(Publication publication) => _publications = _publications.Remove(publication);
}
