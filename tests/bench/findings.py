"""What the tools found, whether it is good enough, and the table that says so."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

Row = dict[str, Any]
JUDGED = 1_000_000  # lines from which the ratio counts: below, the start of Python is most of the time
RSS_BAR = 500.0  # MB, of ten million lines as of one
GROWTH_BAR = 1.5  # peak memory at the larger size against the smaller one
HEAD = ("kind", "lines", "tool", "CPU s", "wall s", "MB", "µs/line", "× Drain3", "templates", "bar")


def result(tool: str, out: Path, log: Path) -> Row:
    """What a tool found: templates, how many have just the count that was generated, incidents."""
    if tool == "lnav":
        return {}
    generated = [n for n in json.loads(Path(f"{log}.truth.json").read_text(encoding="utf-8"))["counts"] if n]
    try:
        told = json.loads(out.read_text(encoding="utf-8"))
    except ValueError:
        return {"error": Path(f"{out}.err").read_text(encoding="utf-8", errors="replace").strip()[-300:]}
    if tool == "templates":
        counts = [template["count"] for template in told["templates"]]
        exact = (Counter(counts) & Counter(generated)).total()
        return {"templates": len(counts), "of": len(generated), "exact": exact}
    if tool == "analyze":
        incidents = len(told["incidents"])
        return {"templates": told["run"]["templates"], "of": len(generated), "incidents": incidents}
    return {"templates": told["templates"], "of": len(generated)}


def judged(rows: list[Row], bar: float, analyze: float) -> list[Row]:
    """The rows of one log with their ratios to Drain3 and whether they reach their bars.

    bar, analyze: how many times less CPU than Drain3 the two commands must take.
    """
    cpu = {row["tool"]: row["cpu"] for row in rows}
    for row in rows:
        fine = row["cpu"] and not row["status"] and "error" not in row
        row["ratio"] = round(cpu["drain3"] / row["cpu"], 1) if fine else None
        row["us"] = round(row["cpu"] / row["lines"] * 1e6, 2)
        row["bar"] = "; ".join(_bars(row, analyze if row["tool"] == "analyze" else bar))
    return rows


def _bars(row: Row, bar: float) -> list[str]:
    if row["tool"] not in ("templates", "analyze"):
        return []
    if row["status"] or "error" in row:
        said = row.get("error", "").splitlines() or [""]
        return [f"MISS exit {row['status']}: {said[0][:80]}"]
    memory = _bar(row["rss"] <= RSS_BAR, f"<= {RSS_BAR:.0f} MB")
    ratio = [_bar(row["ratio"] >= bar, f">= {bar}×")] if row["lines"] >= JUDGED else []
    if row["tool"] == "templates":
        same = row["templates"] == row["of"] == row["exact"]
        return [*ratio, memory, _bar(same, f"{row['exact']} exact")]
    return [*ratio, memory, _bar(row["incidents"] == 0, f"{row['incidents']} incidents")]


def _bar(reached: bool, what: str) -> str:
    return f"{'pass' if reached else 'MISS'} {what}"


def growth(rows: list[Row]) -> list[Row]:
    """How CPU a line and peak memory grow from the smallest to the largest size of a kind."""
    out = []
    mine = sorted(
        (row for row in rows if row["tool"] in ("templates", "analyze") and row["ratio"]),
        key=lambda row: row["lines"],
    )
    for kind, tool in sorted({(row["kind"], row["tool"]) for row in mine}):
        small, *_, large = [row for row in mine if (row["kind"], row["tool"]) == (kind, tool)] * 2
        if large["lines"] == small["lines"] or not small["us"]:
            continue
        memory, cpu = large["rss"] / small["rss"], large["us"] / small["us"]
        bar = _bar(memory <= GROWTH_BAR, f"<= {GROWTH_BAR:g}× memory")
        said = (
            f"{tool} on {kind}, {small['lines']:,} to {large['lines']:,} lines: CPU a line × {cpu:.2f}, "
            f"memory × {memory:.2f} ({small['rss']:.0f} to {large['rss']:.0f} MB): {bar}"
        )
        out.append({"kind": kind, "tool": tool, "memory": memory, "cpu": cpu, "bar": bar, "said": said})
    return out


def table(rows: list[Row]) -> str:
    """The rows for a reader."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEAD) - 1)]
    return "\n".join(
        "  ".join(
            [*(_pad(i, c, w) for i, (c, w) in enumerate(zip(line, widths, strict=False))), line[-1]]
        ).rstrip()
        for line in cells
    )


def _cells(row: Row) -> tuple[str, ...]:
    of = f"{row['templates']} of {row['of']}" if "templates" in row else "-"
    figures = (
        f"{row['cpu']:.2f}",
        f"{row['wall']:.2f}",
        f"{row['rss']:.0f}",
        f"{row['us']:.2f}",
        f"{row['ratio']}",
    )
    return (row["kind"], f"{row['lines']:,}", row["tool"], *figures, of, row["bar"])


def _pad(column: int, text: str, width: int) -> str:
    return text.ljust(width) if column in (0, 2) else text.rjust(width)
