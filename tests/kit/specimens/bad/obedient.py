"""A reporter that passes text of logs on as it is, but for escapes and ends of lines."""

from specimens.good import Reporter


class Bad(Reporter):
    """A line a thing."""

    def shown(self, text):
        return "".join(c for c in text if c not in "\x1b\n")


MEANT, PLUGIN = "hostile_text", Bad
