"""What another candidate said already is listed after what says something else."""

from collections import Counter

import polars as pl

from logsense.schema import View
from logsense.signs import stated

#: Decades taken off for each candidate above that states the same, in the same service or elsewhere.
AGAIN_HERE, AGAIN_ELSEWHERE = 1.3, 0.7
#: Candidates looked at; further down nobody reads.
LISTED = 30


def repeats(view: View, scored: pl.DataFrame) -> pl.DataFrame:
    """Evidence (candidate, name, value, why) against candidates that repeat what one above them states.

    scored: candidates, best first, with their logit. Three messages of one full disk are one cause, and
    must not push another one off the page. Chosen one by one, each time the best that is left (maximal
    marginal relevance, Carbonell & Goldstein 1998).
    """
    top = scored.head(LISTED).join(
        view.templates.select("template", "text"), on="template", how="left", maintain_order="left"
    )
    said = stated(top["text"].fill_null(""))
    reasons = said.select(pl.when(pl.col("decades") > 0).then("why"))["why"].to_list()
    rows = list(zip(top["candidate"], top["service"], reasons, top["logit"], strict=True))
    here: Counter[tuple[str, str]] = Counter()
    anywhere: Counter[str] = Counter()
    found: list[dict[str, object]] = []
    while rows:
        worth = [logit - _off(here, anywhere, service, why) for _, service, why, logit in rows]
        best = max(range(len(rows)), key=lambda i: (round(worth[i], 9), -i))
        candidate, service, why, logit = rows.pop(best)
        if why is None:
            continue
        off = logit - worth[best]
        if off:
            reason = f"{anywhere[why]} above {'it states' if anywhere[why] == 1 else 'state'}: {why}"
            found.append({"candidate": candidate, "name": "said above", "value": -off, "why": reason})
        here[service, why] += 1
        anywhere[why] += 1
    schema = {"candidate": pl.UInt32, "name": pl.String, "value": pl.Float64, "why": pl.String}
    return pl.DataFrame(found, schema=schema)


def _off(here: Counter[tuple[str, str]], anywhere: Counter[str], service: str, why: str | None) -> float:
    if why is None:
        return 0.0
    own = here[service, why]
    return AGAIN_HERE * own + AGAIN_ELSEWHERE * (anywhere[why] - own)
