using FASTER.core;

namespace Typed.Faster;

/// <summary>What FASTER calls as it writes and reads pages: notes where a page lies, and copies what was read.</summary>
internal sealed class PageFunctions(FasterPageStore store) : SpanByteFunctions<long, int, int>
{
    public override bool SingleWriter(ref long key, ref SpanByte input, ref SpanByte src, ref SpanByte dst, ref int output, ref UpsertInfo upsertInfo, WriteReason reason)
    {
        store.Place((int)key, upsertInfo.Address);
        return base.SingleWriter(ref key, ref input, ref src, ref dst, ref output, ref upsertInfo, reason);
    }

    public override bool ConcurrentWriter(ref long key, ref SpanByte input, ref SpanByte src, ref SpanByte dst, ref int output, ref UpsertInfo upsertInfo)
    {
        // Where a page of this number was not long ago there may be room for it; else it is written to the end.
        if (!base.ConcurrentWriter(ref key, ref input, ref src, ref dst, ref output, ref upsertInfo))
            return false;
        store.Place((int)key, upsertInfo.Address);
        return true;
    }

    public override bool SingleReader(ref long key, ref SpanByte input, ref SpanByte value, ref int dst, ref ReadInfo readInfo)
    {
        dst = store.Copy(value.AsReadOnlySpan());
        return true;
    }

    public override bool ConcurrentReader(ref long key, ref SpanByte input, ref SpanByte value, ref int dst, ref ReadInfo readInfo)
    {
        dst = store.Copy(value.AsReadOnlySpan());
        return true;
    }

    public override void ReadCompletionCallback(ref long key, ref SpanByte input, ref int output, int ctx, Status status, RecordMetadata recordMetadata) =>
        store.Read(ctx, output, status);
}
