namespace Typed.Conformance.Running;

/// <summary>A clock that stands still until the case moves it.</summary>
/// <param name="millis">The instant at which it stands, ms since 1970.</param>
internal sealed class VirtualTime(long millis) : TimeProvider
{
    private long _millis = millis;

    public override long TimestampFrequency => 1000;

    public void Advance(long millis) => Interlocked.Add(ref _millis, millis);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Interlocked.Read(ref _millis));

    public override long GetTimestamp() => Interlocked.Read(ref _millis);
}
