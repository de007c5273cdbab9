namespace Typed.Operators;

/// <summary>Reads a value of an earlier type and writes the one that is made of it.</summary>
/// <param name="from">The bytes of the earlier value.</param>
/// <param name="to">Takes the value.</param>
/// <param name="texts">Strings that were read lately.</param>
public delegate void StateMigrate(ref StateView from, StateBytes to, TextCache texts);

/// <summary>A method of a processor that makes stored values of a state variable into present ones, as the generator writes it.</summary>
/// <param name="Variable">The state variable.</param>
/// <param name="Method">The name of the method.</param>
/// <param name="From">How the earlier value is written, as text that is stored with state.</param>
/// <param name="To">How the present value is written.</param>
/// <param name="Migrate">Calls the method.</param>
public sealed record StateMigration(string Variable, string Method, string From, string To, StateMigrate Migrate);
