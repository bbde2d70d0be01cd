"""A source that lets a shell put its command together."""

import subprocess

from specimens.good import Source


class Bad(Source):
    """Spools. lines: how many."""

    def get(self, address, folder):
        try:
            subprocess.run(f"spoolcat -- {address}", shell=True, check=True)
        except FileNotFoundError as error:
            msg = "spoolcat is not installed: install it, or give files"
            raise RuntimeError(msg) from error


MEANT, PLUGIN = "no_shell", Bad
