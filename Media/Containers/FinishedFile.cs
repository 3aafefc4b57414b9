using System.Collections.Immutable;

namespace Media.Containers;

/// <summary>
/// How a file becomes seekable in place. First <paramref name="Append"/> goes to its end and to the disk (sync); then the
/// patches are written in their order, each synced before the next. The file plays before, in between and after.
/// </summary>
public sealed record FinishedFile(ReadOnlyMemory<byte> Append, ImmutableArray<FilePatch> Patches);

/// <summary>Bytes that overwrite as many at an offset of the file: fields that were reserved for that.</summary>
public readonly record struct FilePatch(long Offset, ReadOnlyMemory<byte> Bytes);
