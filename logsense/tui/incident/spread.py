"""The services of an incident: who calls whom as the logs tell it, and how the fault went through them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from logsense import report
from logsense.analysis import Analysis, Incident
from logsense.tui.incident import series
from logsense.tui.painting import Piece, hue, width_of, wrapped

#: Neighbours that no trouble was seen in are many: the busiest are shown.
NEIGHBOURS = 6
#: Rows of the tree at most.
ROWS = 60
#: Where the fault began.
ORIGIN = "✱"


@dataclass
class Graph:
    """callers and callees by service, how each edge is known, when each service first showed a symptom."""

    calls: dict[str, list[str]] = field(default_factory=dict)
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    first: Mapping[str, datetime] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    origin: str = ""
    hidden: int = 0

    @property
    def order(self) -> list[str]:
        """The services in the order in which they showed it; at the same time the origin is the first."""
        return sorted(self.first, key=lambda name: (_by(self.first[name]), name != self.origin, name))

    @property
    def names(self) -> list[str]:
        """All services of the edges."""
        return list(dict.fromkeys(name for edge in self.known for name in edge))

    def way(self, caller: str, callee: str) -> str:
        """The sign of a call: thick where both showed it, towards the one that did so later."""
        order = self.order
        if caller not in order or callee not in order:
            return "─▶"
        return "◀━" if order.index(callee) < order.index(caller) else "━▶"


def graph(analysis: Analysis, incident: Incident) -> Graph:
    """The edges among the services of the incident and their neighbours."""
    first = {
        name: at for name, at in series.firsts(analysis.view, incident).items() if isinstance(at, datetime)
    }
    scores = {one.service: one.score for one in incident.components}
    origin = incident.causes[0].service if incident.causes else min(first, key=first.__getitem__, default="")
    own = {*incident.services, origin}
    weight: dict[tuple[str, str], int] = {}
    how: dict[tuple[str, str], list[str]] = {}
    rows = analysis.view.edges.sort("n", descending=True)
    for service, to, n, known in rows.select("service", "to", "n", "how").iter_rows():
        if service != to and (service in own or to in own):
            weight[service, to] = weight.get((service, to), 0) + n
            how.setdefault((service, to), []).append(f"{known} ×{n:,}")
    beside: dict[str, int] = {}
    for edge, n in weight.items():
        for name in edge:
            if name not in own:
                beside[name] = beside.get(name, 0) + n
    shown = own | set(sorted(beside, key=lambda name: (-beside[name], name))[:NEIGHBOURS])
    made = Graph(first=first, scores=scores, origin=origin, hidden=max(len(beside) - NEIGHBOURS, 0))
    for edge in sorted(weight, key=lambda edge: (-weight[edge], edge)):
        if edge[0] in shown and edge[1] in shown:
            made.calls.setdefault(edge[0], []).append(edge[1])
            made.known[edge] = ", ".join(how[edge])
    return made


def rows(analysis: Analysis, incident: Incident, width: int) -> list[list[Piece]]:
    """The way of the fault in one line, then the tree of calls with the edges that it took."""
    made = graph(analysis, incident)
    out = _way(made, width)
    out.append([])
    if not made.known:
        alone = "the logs do not tell who calls whom among these services"
        return [*out, *wrapped(alone, width, role="dim"), *(_alone(made, incident, width))]
    out.append(
        [
            ("label", "CALLS "),
            ("dim", f"{ORIGIN} where it began · ━ between services that showed it, to the later one"),
        ]
    )
    out += list(_tree(made, width))[:ROWS]
    out += _alone(made, incident, width)
    if made.hidden:
        out.append([("dim", f"… and {report.count(made.hidden, 'neighbour')} that showed nothing")])
    return out


def _way(made: Graph, width: int) -> list[list[Piece]]:
    """Services in the order in which they showed it."""
    order = made.order
    if not order:
        return wrapped("when each service first showed it is not known", width, role="dim")
    out: list[list[Piece]] = [[("label", "THE FAULT "), ("dim", "first sign in each service")]]
    line: list[Piece] = []
    for number, name in enumerate(order):
        sign = f"{ORIGIN} " if name == made.origin else ""
        pieces: list[Piece] = [("mark", " ━▶ ")] if number else [("", "")]
        pieces += [("mark", sign), (hue(name), report.fit(report.one_row(name), 28))]
        pieces.append(("dim", f" {_after(made, name)}"))
        if line and width_of(line) + width_of(pieces) > width:
            out.append(line)
            line = [("", "  ")]
        line += pieces
    return [*out, line]


def _after(made: Graph, name: str) -> str:
    first, at = made.order[0], made.first[name]
    if name == first:
        return "first"
    return "+" + report.between(made.first[first], at) if at > made.first[first] else "in the same second"


def _by(moment: datetime) -> datetime:
    """By when it was: a log that writes whole seconds may mean any part of that one."""
    return moment if moment.microsecond else moment + timedelta(microseconds=999_999)


def _tree(made: Graph, width: int) -> Iterator[list[Piece]]:
    """Callers above what they call; a service is followed once."""
    called = {to for _, to in made.known}
    roots = [name for name in made.names if name not in called]
    seen: set[str] = set()
    for root in (*_to_origin(made, roots), *made.names):
        if root not in seen:
            seen.add(root)
            yield _service(made, root, (), width)
            yield from _below(made, root, "", seen, width)


def _to_origin(made: Graph, roots: Sequence[str]) -> list[str]:
    """The roots, those that showed trouble first."""
    return sorted(roots, key=lambda name: (-made.scores.get(name, 0.0), name not in made.first, name))


def _below(made: Graph, name: str, indent: str, seen: set[str], width: int) -> Iterator[list[Piece]]:
    calls = sorted(
        made.calls.get(name, ()), key=lambda to: (made.way(name, to) != "◀━", to not in made.first)
    )
    for number, to in enumerate(calls):
        last = number == len(calls) - 1
        sign = made.way(name, to)
        lead: tuple[Piece, ...] = (
            ("dim", indent + ("└" if last else "├")),
            ("mark" if "━" in sign else "dim", f"{sign} "),
        )
        again = to in seen
        yield _service(made, to, lead, width, how=made.known[name, to], again=again)
        if not again:
            seen.add(to)
            yield from _below(made, to, indent + ("   " if last else "│  "), seen, width)


def _service(
    made: Graph, name: str, lead: tuple[Piece, ...], width: int, *, how: str = "", again: bool = False
) -> list[Piece]:
    """One service: where it stands in the tree, its score, when it first showed it, how the edge is known."""
    pieces: list[Piece] = [*lead, ("mark", f"{ORIGIN} " if name == made.origin else "")]
    pieces.append((hue(name), report.fit(report.one_row(name), 28)))
    if not again:
        score = made.scores.get(name)
        pieces.append(("head", f" {report.percent(score)}" if score is not None and score >= 0.01 else ""))
        pieces.append(("", f" {_after(made, name)}" if name in made.first else ""))
    else:
        pieces.append(("dim", " (see above)"))
    room = width - width_of(pieces) - 2
    if how and room >= 8:
        pieces.append(("dim", "  " + report.fit(report.one_row(how), room)))
    return pieces


def _alone(made: Graph, incident: Incident, width: int) -> list[list[Piece]]:
    """Services of the incident that no edge leads to."""
    rest = [name for name in incident.services if name not in made.names]
    return [_service(made, name, (("dim", "· "),), width) for name in rest]
