// Before the first socket: completions run on the thread that polls, so that a frame's way from one socket to the other needs no other thread.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

return await Matrixd.Hosting.Commands.RunAsync(args, Console.Out, Console.Error);
