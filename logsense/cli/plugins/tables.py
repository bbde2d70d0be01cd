"""Tables of calls: milliseconds first, then the plugin, in as many cells as the terminal has."""

from collections.abc import Iterator, Sequence

from logsense.cells import cells, fit, one_row, wrap

#: Cells of the name of a plugin at most.
_MOST = 40

Table = Sequence[tuple[str, ...]]


def needed(table: Table) -> int:
    """Cells that the table takes where nothing but long names of plugins is cut."""
    return sum(_widths(table)) + 2 * (len(table[0]) - 1)


def aligned(table: Table, room: int) -> Iterator[str]:
    """Rows of equal columns: milliseconds to the right, the rest to the left.

    Where there is too little room, the names of plugins are cut first.
    """
    wide = _widths(table)
    wide[1] = max(wide[1] - max(needed(table) - room, 0), len(table[0][1]))
    for row in table:
        cut = [fit(one_row(cell), most) for cell, most in zip(row, wide, strict=True)]
        blanks = [" " * (most - cells(cell)) for cell, most in zip(cut, wide, strict=True)]
        first = blanks[0] + cut[0]
        rest = (cell + blank for cell, blank in zip(cut[1:], blanks[1:], strict=True))
        yield fit("  ".join((first, *rest)).rstrip(), room)


def folded(table: Table, room: int) -> Iterator[str]:
    """The table where there is no room beside: what was given and gave stands below each call, uncut."""
    head, *calls = aligned([row[:4] for row in table], room)
    indent = len(head) - len(head.lstrip()) + len("MS  ")
    yield head
    for row, (*_, given, gave) in zip(calls, table[1:], strict=True):
        yield row
        said = f"given {one_row(given)}, gave {one_row(gave)}" if given else f"gave {one_row(gave)}"
        yield from (f"{' ' * indent}{part}" for part in wrap(said, room - indent))


def _widths(table: Table) -> list[int]:
    """Cells of each column; of the second, the names of plugins, at most ``_MOST``."""
    wide = [max(cells(one_row(cell)) for cell in column) for column in zip(*table, strict=True)]
    return [wide[0], min(wide[1], _MOST), *wide[2:]]
