"""Whom the others blame."""

import polars as pl

from logsense.api import View, error_like


class Upstream:
    """A service that troubled services call or name is more likely the cause than those who complain.

    Finds: callees of troubled callers; services named in others' complaints. Misses: causes that sit in a
    caller. Cost: O(edges + candidates × services). Source: the graph only nudges (half a decade), since
    pushing scores along it made ranking worse on recorded faults.

    Args:
        nudge: decades for a service that others blame, and half of it against one that blames.
    """

    name = "upstream"

    def __init__(self, *, nudge: float = 0.5) -> None:
        self.nudge = nudge

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """A row "blamed" or "blames" for the candidates it concerns."""
        named = self._named(view, candidates)
        blamed: dict[str, list[str]] = {}
        for who, whom in sorted(set(named.select("service", "whom").iter_rows())):
            blamed.setdefault(whom, []).append(who)
        depth = self._depth(view, candidates)
        rows: list[dict[str, object]] = []
        for candidate, service in candidates.select("candidate", "service").iter_rows():
            if service in blamed:
                why = f"{', '.join(blamed[service][:3])} name {service} in their complaints"
                rows.append({"candidate": candidate, "name": "blamed", "value": self.nudge, "why": why})
            callers, callees = depth[service]
            if callers != callees:
                value = self.nudge * (callers - callees) / (callers + callees)
                why = f"{callers} troubled services call {service}, it calls {callees}"
                rows.append({"candidate": candidate, "name": "depth", "value": value, "why": why})
        for candidate, whom in (
            named.select("candidate", "whom").unique("candidate", maintain_order=True).iter_rows()
        ):
            rows.append(
                {
                    "candidate": candidate,
                    "name": "blames",
                    "value": -self.nudge / 2,
                    "why": f"it names {whom}",
                }
            )
        schema = {"candidate": pl.UInt32, "name": pl.String, "value": pl.Float64, "why": pl.String}
        return pl.DataFrame(rows, schema=schema)

    def _depth(self, view: View, candidates: pl.DataFrame) -> dict[str, tuple[int, int]]:
        """For each service the numbers of other troubled services that call it, and that it calls."""
        troubled = set(candidates["service"].to_list())
        edges = {
            (who, whom)
            for who, whom in view.edges.select("service", "to").iter_rows()
            if who in troubled and whom in troubled and who != whom
        }
        return {s: (sum(b == s for _, b in edges), sum(a == s for a, _ in edges)) for s in troubled}

    def _named(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """Complaints that name another troubled service: candidate, service, whom."""
        bad = view.templates.filter(error_like(view.templates)).select("template", "text")
        said = candidates.select("candidate", "service", "template").join(
            bad, on="template", maintain_order="left"
        )
        frames = [pl.DataFrame(schema={"candidate": pl.UInt32, "service": pl.String, "whom": pl.String})]
        for whom in candidates["service"].unique().sort().to_list():
            word = rf"(?i)(^|[^\w]){_escape(whom)}([^\w]|$)"
            hit = said.filter(pl.col("text").str.contains(word) & (pl.col("service") != whom))
            frames.append(hit.select("candidate", "service", pl.lit(whom).alias("whom")))
        return pl.concat(frames).sort("candidate", "whom")


def _escape(text: str) -> str:
    return "".join(c if c.isalnum() else f"\\{c}" if c.isascii() else c for c in text)
