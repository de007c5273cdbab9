namespace Typed.State;

/// <summary>The steps between which a process may die while a version is written or versions are put together.</summary>
internal enum StateLogStep
{
    /// <summary>The changes are in a file that has no name yet.</summary>
    DeltaWritten,

    /// <summary>The file of changes has its name.</summary>
    DeltaNamed,

    /// <summary>A base is in a file that has no name yet.</summary>
    BaseWritten,

    /// <summary>The base has its name.</summary>
    BaseNamed,

    /// <summary>Files that no version needs any longer are still there.</summary>
    BeforeFilesDeleted,
}
