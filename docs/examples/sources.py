"""A source: log tables of SQLite, as `logsense analyze sqlite:///var/lib/shop/events.db`."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from logsense.api import Source, hookimpl, safe


class Sqlite:
    """The table ``log`` (time, service, text) of a database: a file a service, a line a row."""

    name = "sqlite"
    schemes = ("sqlite",)

    def fetch(self, scheme: str, address: str, folder: Path) -> None:
        if not Path(address).is_file():
            msg = f"{scheme}://{safe(address)}: there is no such file; give the path of a database"
            raise FileNotFoundError(msg)
        with closing(sqlite3.connect(f"file:{address}?mode=ro", uri=True)) as base:
            for service, time, text in base.execute("SELECT service, time, text FROM log ORDER BY time"):
                name = "".join(sign if sign.isalnum() else "_" for sign in service)  # foreign text: no path
                with (folder / f"{name}.log").open("a", encoding="utf-8") as file:
                    file.write(f"{time} {text}\n")


@hookimpl
def register_sources() -> list[type[Source]]:
    return [Sqlite]


with tempfile.TemporaryDirectory() as place:
    path = Path(place, "events.db")
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE log (time, service, text)")
        base.execute("INSERT INTO log VALUES ('2026-01-02T03:04:05Z', '../cart', 'ERROR no such order')")
        base.commit()
    folder = Path(place, "fetched")
    folder.mkdir()
    Sqlite().fetch("sqlite", str(path), folder)
    assert [file.name for file in folder.iterdir()] == ["___cart.log"]
    assert (folder / "___cart.log").read_text() == "2026-01-02T03:04:05Z ERROR no such order\n"
