"""What is said when nothing was found: what came closest, and what could not be judged."""

import polars as pl

from logsense.api import Analysis
from logsense_reporters.page import Page, terms

LOUD = ("WARN", "ERROR", "FATAL")


def nothing_found(page: Page, analysis: Analysis, *, explain: bool = False) -> str:
    """The verdict, the loudest error and why it is none, and what came closest to an alarm."""
    kit = page.kit
    if analysis.sources.height == 0:
        return page.row(("major", "NOTHING READ"), ("", "  no logs were found in what was given"))
    why_not = _not_judged(analysis)
    if why_not:
        verdict = page.row(("major", "NOT JUDGED"), ("", f"  {why_not}"))
    else:
        normal = normal_words(analysis)
        verdict = page.row(("good", "NOTHING FOUND"), ("", f" that stands out from {normal}"))
    out = [verdict, _loudest(page, analysis, judged=not why_not)]
    if analysis.near_misses:
        out.append(page.row(("label", "CLOSEST TO AN ALARM"), indent=2))
    for near in analysis.near_misses[:3]:
        lead = (("kind", kit.word(near.kind)), ("", "  "), ("place", kit.one_row(near.service)))
        out.append(
            page.row(*lead, ("", f"  '{kit.one_row(near.template)}'" if near.template else ""), indent=4)
        )
        out.append(page.prose(near.sentence, indent=6))
        out += [page.prose(near.lacking, indent=6, style="dim")] if near.lacking else []
        out += [terms(page, near.terms, indent=6)] if explain else []
    return "".join(out)


def normal_words(analysis: Analysis) -> str:
    """What the run was compared with."""
    if analysis.view.how.startswith("known-good logs"):
        return "the known-good logs"
    return "the quiet time of these logs" if analysis.start else "the rest, in the order of the lines"


def _not_judged(analysis: Analysis) -> str:
    """Why nothing can be said of this run, empty where it was judged: silence is not all is well."""
    if not analysis.view.quiet:
        outside = analysis.sources["note"].str.contains("lines outside the window").any()
        if outside and not analysis.sources["records"].sum():
            return "no line lies in the time that was asked for (--since, --until)"
        times = "" if analysis.start else ", and no line has a time"
        return f"there is too little here to tell what is normal{times}"
    names = {entry.source for entry in analysis.not_judged}
    return "none of the files could be judged" if names.issuperset(analysis.sources["path"]) else ""


def _loudest(page: Page, analysis: Analysis, *, judged: bool) -> str:
    """The most frequent template of a level that worries, or that there is none."""
    loud = analysis.templates.filter(pl.col("level").cast(pl.String).is_in(LOUD))
    if loud.is_empty():
        return page.row(("", "no warnings, no errors"), indent=2)
    top = loud.sort("count", "template", descending=[True, False]).row(0, named=True)
    text = page.kit.one_row(str(top["text"]))
    usual = f", {_how_usual(analysis, str(top['template']))}" if judged else ""
    lead = f"loudest {str(top['level']).lower()} ×{top['count']:,}{usual}: "
    return page.prose(f"'{text}'", indent=2, rows=2, lead=("", lead))


def _how_usual(analysis: Analysis, template: str) -> str:
    """Whether a template is no more than usual, or was not there in quiet time and yet makes no incident."""
    view = analysis.view
    calm = view.counts.filter(pl.col("bucket").is_in(list(view.quiet)))
    near = any(miss.template_id == template for miss in analysis.near_misses)
    # Where what is usual lies outside, in known-good logs or around a window, its counts are not here.
    known = not near and (calm.is_empty() or calm["template"].is_in([template]).any())
    return "not more than usual" if known else "too little for an incident"
