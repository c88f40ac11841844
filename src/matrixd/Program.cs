// Before the first socket: completions run on the thread that polls, so that a frame's way from one socket to the other needs no other thread.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

// The pool keeps 32 buffers of a size for each processor. A batch of the event loop has more under way, and what finds no place becomes garbage.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_BUFFERS_SHAREDARRAYPOOL_MAXARRAYSPERPARTITION", "1024");

return await Matrixd.Hosting.Commands.RunAsync(args, Console.Out, Console.Error);
