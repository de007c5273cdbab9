namespace Typed.Tests;

/// <summary>Tests that count the buffers of the process: they run when no other test does.</summary>
[CollectionDefinition("Buffers", DisableParallelization = true)]
public sealed class Buffers;
