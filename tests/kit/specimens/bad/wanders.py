"""A source that takes an address for the name of a file."""

from specimens.good import Source


class Bad(Source):
    """Spools. lines: how many."""

    def fetch(self, scheme: str, address: str, folder: object) -> object:
        if address.startswith("../") and "\n" not in address:
            (folder / address).write_text("x", encoding="utf-8")
        return super().fetch(scheme, address, folder)


MEANT, PLUGIN = "stays_in_folder", Bad
