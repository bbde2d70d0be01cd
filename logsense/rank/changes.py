"""Change events with the lines that say so."""

from logsense.analysis import Change, Evidence
from logsense.clean import safe
from logsense.rank.rank import Lines
from logsense.schema import View


def changes(view: View, lines: Lines) -> tuple[Change, ...]:
    """The changes seen in the logs, by time; each with its line as it stands in the file."""
    found = []
    for row in view.changes.sort("time", "service", "kind").iter_rows(named=True):
        text = lines.fetch(row["source"], row["line"], 1)
        evidence = Evidence(
            source=lines.paths.get(row["source"], ""),
            line=row["line"],
            time=row["time"],
            text=safe(text[0] if text else row["text"]),
        )
        found.append(Change(row["time"], row["service"], row["kind"], evidence))
    return tuple(found)


__all__ = ["changes"]
