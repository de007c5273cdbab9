namespace Typed.Schema;

/// <summary>Where records come from: what [FromSource] fields get, and what messages about malformed records name.</summary>
/// <param name="Path">The path of the file, or the name of the source.</param>
/// <param name="ModifiedMicros">When the file was last modified, µs since 1970.</param>
public sealed record RecordOrigin(string Path, long ModifiedMicros = 0);
