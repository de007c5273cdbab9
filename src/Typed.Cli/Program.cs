return Typed.Cli.CommandLine.Run(args, Console.Out, Console.Error, Console.In);
