using System.Runtime.InteropServices;

namespace Media.FFmpeg.Native;

/// <summary>A linear AVFilterGraph: a source, filters, a sink.</summary>
internal sealed unsafe class FilterGraphHandle : SafeHandle
{
    private nint _source;
    private nint _sink;

    public FilterGraphHandle()
        : base(0, true)
    {
        SetHandle(AvFilter.avfilter_graph_alloc());
        if (IsInvalid) throw new FFmpegException("no memory for a filter graph");
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Makes the filters, links each to the next and configures the graph.</summary>
    public static FilterGraphHandle Create(params ReadOnlySpan<(string Filter, string? Arguments)> chain)
    {
        var graph = new FilterGraphHandle();
        try
        {
            nint last = 0;
            for (int i = 0; i < chain.Length; i++)
            {
                nint node = graph.Add(chain[i].Filter, i, chain[i].Arguments);
                if (i == 0) graph._source = node;
                else FFmpegException.ThrowIfError(AvFilter.avfilter_link(last, 0, node, 0), "link filters");
                last = node;
            }

            graph._sink = last;
            FFmpegException.ThrowIfError(AvFilter.avfilter_graph_config(graph, 0), "configure filters");
            return graph;
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    /// <summary>Feeds a frame; its content moves into the graph and the frame is left empty.</summary>
    public void Push(FrameHandle frame) =>
        FFmpegException.ThrowIfError(AvFilter.av_buffersrc_add_frame(_source, frame), "feed a filter");

    public bool TryPull(FrameHandle frame)
    {
        int error = AvFilter.av_buffersink_get_frame(_sink, frame);
        if (error >= 0) return true;
        if (!FFmpegException.IsAgainOrEnd(error)) throw new FFmpegException("read a filter", error);
        return false;
    }

    private nint Add(string name, int index, string? arguments)
    {
        nint filter = AvFilter.avfilter_get_by_name(name);
        if (filter == 0) throw new FFmpegException($"this FFmpeg has no filter '{name}'");
        nint node = 0;
        int error = AvFilter.avfilter_graph_create_filter(&node, filter, $"{name}{index}", arguments, 0, this);
        FFmpegException.ThrowIfError(error, $"filter {name}={arguments}");
        return node;
    }

    protected override bool ReleaseHandle()
    {
        nint graph = handle;
        AvFilter.avfilter_graph_free(&graph);
        return true;
    }
}
