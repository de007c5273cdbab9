using System.Runtime.ExceptionServices;

namespace Typed.Operators;

/// <summary>Frees several things, each whether or not one before it failed.</summary>
internal static class Disposal
{
    /// <summary>Frees them in their order. What failed is thrown at the end.</summary>
    public static void Of(IEnumerable<IDisposable?> all)
    {
        List<Exception> failures = [];
        foreach (IDisposable? one in all)
        {
            try
            {
                one?.Dispose();
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }

        if (failures.Count == 1)
            ExceptionDispatchInfo.Throw(failures[0]);
        if (failures.Count > 1)
            throw new AggregateException(failures);
    }
}
