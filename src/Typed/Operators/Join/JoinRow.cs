namespace Typed.Operators;

/// <summary>A stored row: its bucket and its place there.</summary>
internal readonly record struct JoinRow<TKey, TJoin>(JoinBucket<TKey, TJoin> Bucket, int Row)
    where TKey : unmanaged
    where TJoin : struct, IStreamJoin<TKey>;
