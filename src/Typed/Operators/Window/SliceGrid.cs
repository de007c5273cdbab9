using System.Runtime.CompilerServices;

namespace Typed.Operators;

/// <summary>
/// How windows of one size and slide cut time into slices (semantics 1.2–1.4). Window k is [offset + k·slide, … + size). Its edges are
/// the starts of windows and, if the size is no multiple of the slide, one more instant in each slide, where windows end; so there
/// are one or two slices to a slide and each window is a run of whole slices, however size and slide relate. All in µs.
/// </summary>
/// <remarks>
/// <code>
/// size = 2.5 slides      |--a--|--b--|--a--|--b--|--a--|--b--|       slices
///                        |=============================|            window 0: five of them
///                                    |=============================| window 1
/// </code>
/// </remarks>
internal readonly struct SliceGrid
{
    private readonly long _rest;
    private readonly int _perSlide;
    private readonly double _slidesPerMicro;

    public SliceGrid(long size, long slide, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slide);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, slide);
        Size = size;
        Slide = slide;
        Offset = offset;
        _rest = size % slide;
        _perSlide = _rest == 0 ? 1 : 2;
        _slidesPerMicro = 1.0 / slide;
        SlicesPerWindow = ((size / slide) * _perSlide) + (_rest == 0 ? 0 : 1);
    }

    public long Size { get; }

    public long Slide { get; }

    public long Offset { get; }

    /// <summary>How many slices a window has.</summary>
    public long SlicesPerWindow { get; }

    /// <summary>The slice that holds an instant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long SliceOf(long time)
    {
        // Half open and floored, so that instants before 1970 work. The product is at most one off for slides from 1 ms.
        long since = time - Offset;
        long slides = (long)Math.Floor(since * _slidesPerMicro);
        long within = since - (slides * Slide);
        while (within < 0)
        {
            slides--;
            within += Slide;
        }

        while (within >= Slide)
        {
            slides++;
            within -= Slide;
        }

        return _perSlide == 1 ? slides : (slides * 2) + (within >= _rest ? 1 : 0);
    }

    /// <summary>
    /// The number of a slice counted from the first slice of the slide that starts at <paramref name="origin"/>, for an instant not
    /// before it: as <see cref="SliceOf"/>, but without branches, for times in no order.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long SliceFrom(long origin, long time)
    {
        long since = time - origin;
        long slides = (long)(since * _slidesPerMicro);
        long within = since - (slides * Slide);
        long under = within >> 63;
        slides += under;
        within += Slide & under;
        long over = (Slide - 1 - within) >> 63;
        slides -= over;
        within -= Slide & over;
        return _perSlide == 1 ? slides : (slides * 2) - ((_rest - 1 - within) >> 63);
    }

    /// <summary>The first slice of the slide that a slice is in.</summary>
    public long FirstOfSlide(long slice) => slice - (slice & (_perSlide - 1));

    /// <summary>The first instant of a slice.</summary>
    public long StartOf(long slice) => _perSlide == 1
        ? Offset + (slice * Slide)
        : Offset + ((slice >> 1) * Slide) + ((slice & 1) * _rest);

    /// <summary>The first window that holds a slice.</summary>
    public long FirstWindow(long slice) => FloorDivide(slice - SlicesPerWindow, _perSlide) + 1;

    /// <summary>The last window that holds a slice.</summary>
    public long LastWindow(long slice) => FloorDivide(slice, _perSlide);

    /// <summary>The first slice of a window.</summary>
    public long FirstSlice(long window) => window * _perSlide;

    /// <summary>The first slice after a window.</summary>
    public long EndSlice(long window) => (window * _perSlide) + SlicesPerWindow;

    /// <summary>The first instant of a window.</summary>
    public long WindowStart(long window) => Offset + (window * Slide);

    /// <summary>The first instant after a window.</summary>
    public long WindowEnd(long window) => Offset + (window * Slide) + Size;

    /// <summary>The first window that ends after a watermark; those before it are late, or closed (semantics 2.3.1, 3.1).</summary>
    public long FirstOpenWindow(long watermark) => FloorDivide(watermark - Size - Offset, Slide) + 1;

    /// <summary>How many windows a slice is in, from one on; the next slice is to be asked from the window after the last of these.</summary>
    public long CountWindows(long slice, ref long from)
    {
        long first = Math.Max(FirstWindow(slice), from);
        long after = LastWindow(slice) + 1;
        from = Math.Max(from, after);
        return Math.Max(0, after - first);
    }

    private static long FloorDivide(long value, long by)
    {
        long quotient = value / by;
        return quotient * by > value ? quotient - 1 : quotient;
    }
}
