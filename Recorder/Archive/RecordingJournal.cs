namespace Recorder.Archive;

/// <summary>
/// The document of a recording that is being written: its writers change it, each from its own thread, and it is kept in
/// the folder. Thread safe.
/// </summary>
public sealed class RecordingJournal(RecordingFolder folder, RecordingDocument document, bool isOpen)
{
    private readonly Lock _writing = new();
    private RecordingDocument _document = document;
    private bool _isOpen = isOpen;
    private bool _unsaved;

    public RecordingFolder Folder { get; } = folder;

    /// <summary>As it is now, which may be ahead of the file. Any thread.</summary>
    public RecordingDocument Document => Volatile.Read(ref _document);

    /// <summary>Whether a file of that name belongs to the recording, and may be given out.</summary>
    public bool Has(string file) =>
        RecordingFolder.IsFileName(file)
        && Document.Publications.Any(publication => publication.Segments.Any(segment => segment.File == file || segment.Thumbnail == file));

    /// <summary>There is something of it on the disk.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_writing) return _isOpen;
        }
    }

    /// <summary>Makes the folder with the document, where that was not done yet.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Open()
    {
        lock (_writing)
        {
            if (_isOpen) return;
            Folder.Create();
            Folder.Write(Document);
            _isOpen = true;
        }
    }

    /// <summary>Changes it in memory only: how far a file has come is found in the file itself.</summary>
    public void Note(Func<RecordingDocument, RecordingDocument> change)
    {
        RecordingDocument before;
        do before = Document;
        while (Interlocked.CompareExchange(ref _document, change(before), before) != before);
    }

    /// <summary>Changes it and writes it. False: the disk did not take it; it is written with the next change.</summary>
    public bool Save(Func<RecordingDocument, RecordingDocument> change)
    {
        Note(change);
        lock (_writing)
        {
            if (!_isOpen) return true;
            try
            {
                Folder.Write(Document);
                _unsaved = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _unsaved = true;
            }

            return !_unsaved;
        }
    }

    /// <summary>The same for one publication.</summary>
    public bool Save(string publication, Func<RecordedPublication, RecordedPublication> change) => Save(document => Changed(document, publication, change));

    public void Note(string publication, Func<RecordedPublication, RecordedPublication> change) => Note(document => Changed(document, publication, change));

    private static RecordingDocument Changed(
        RecordingDocument document, string publication, Func<RecordedPublication, RecordedPublication> change) =>
        document.Publication(publication) is { } found ? document.With(change(found)) : document;
}
