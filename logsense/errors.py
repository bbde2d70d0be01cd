"""Every error logsense raises on purpose, and the exit code each one means.

::

    LogsenseError                 70  a defect of ours, unless a subclass says otherwise
    ├── UsageError                 2  wrong option, unknown name, bad configuration
    │   ├── PathError              2  a path that does not exist
    │   └── ConfigError            2  a key or value in a configuration file
    ├── Stopped                    3  ended early: a limit or Ctrl-C; what was covered is true
    ├── InputError                 4  some input could not be read
    ├── OutputError                4  the result could not be written
    ├── FrameError                70  a frame that breaks schema.py (names plugin, column, row)
    └── PluginError               70  a plugin that cannot be used (contained by the host)

A message says what happened, where, what was done about it and what the reader can do.
"""


class LogsenseError(Exception):
    """The root of all errors raised on purpose; ``exit_code`` is what the command ends with."""

    exit_code = 70


class UsageError(LogsenseError):
    """The command line or a setting asks for something that cannot be done."""

    exit_code = 2


class PathError(UsageError):
    """A path that was asked for does not exist."""


class ConfigError(UsageError):
    """A configuration file holds an unknown key or a value out of range."""


class Stopped(LogsenseError):  # noqa: N818 - it is a state of the run, not a failure
    """The run ended early, by a limit or by Ctrl-C; what is reported holds for what was covered."""

    exit_code = 3


class InputError(LogsenseError):
    """Some input could not be read."""

    exit_code = 4


class OutputError(LogsenseError):
    """The result could not be written."""

    exit_code = 4


class Ended(SystemExit):
    """The system asks the process to end (SIGTERM): no plugin did that, whichever is asked at the time.

    No ``LogsenseError``: there is nothing to tell any more.
    """


class FrameError(LogsenseError):
    """A frame does not have the columns, types or values that schema.py promises."""


class PluginError(LogsenseError):
    """A plugin cannot be imported, checked or run; the host turns it into an entry of the report."""
