"""The command line: one file a command, thin: options in, one call, one report out.

``main.py`` names the commands as strings and maps what happens to exit codes; ``options.py`` holds the
options that every command takes; ``output.py`` is the only place that writes to stdout. Results go to
stdout, everything else to stderr. Nothing heavy is imported before a command has its options: that is
what keeps ``logsense --help`` and completion below a quarter of a second.
"""
