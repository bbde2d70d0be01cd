"""The checks: each takes an instance of a plugin and raises CheckFailed where a promise does not hold."""

import contextlib
import inspect
import io
import math
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import polars as pl

from logsense.host import EVIDENCE
from logsense.schema import ANOMALIES, FINDING_KINDS, View
from logsense.testing.cases import PLANTS, calm, from_table, hostile, planted

Check = Callable[[Any], None]
#: Packages that may be imported inside a call, never when a plugin's module is loaded.
HEAVY = ("sklearn", "scipy", "pandas", "torch", "tensorflow", "matplotlib", "textual", "drain3")
#: Seconds a detector may take for ten thousand templates.
PATIENCE = 20.0


class CheckFailed(AssertionError):  # noqa: N818 - test runners show an AssertionError as a failure, not an error
    """A plugin does not keep what its protocol promises."""


def checks_for(plugin: object) -> dict[str, Check]:
    """The checks that apply to a plugin, by name: those of detectors, rankers or panels, and those of all.

    Raises CheckFailed for what is none of them.
    """
    if callable(getattr(plugin, "widget", None)):
        from logsense.testing.panels import PANELS  # here: it needs the screens

        return {**{check.__name__: check for check in SHARED}, **PANELS}
    if callable(getattr(plugin, "detect", None)):
        return {**COMMON, **DETECTORS}
    if callable(getattr(plugin, "score", None)):
        return {**COMMON, **RANKERS}
    msg = f"{type(plugin).__name__} has neither detect (a detector) nor score (a ranker) nor widget (a panel)"
    raise CheckFailed(msg)


def _need(holds: bool, message: str) -> None:
    if not holds:
        raise CheckFailed(message)


def _again(plugin: Any) -> Any:
    return type(plugin)(**_parameters(plugin))


def _parameters(plugin: Any) -> dict[str, object]:
    names = [p.name for p in inspect.signature(type(plugin)).parameters.values()]
    missing = [name for name in names if not hasattr(plugin, name)]
    _need(not missing, f"store the parameters under their own names; not found: {', '.join(missing)}")
    return {name: getattr(plugin, name) for name in names}


def _run(plugin: Any, view: View) -> pl.DataFrame:
    """What the plugin makes of a view, checked for its form."""
    one = _again(plugin)
    if hasattr(one, "detect"):
        fitted = one.fit(view)
        _need(fitted is one, "fit must return self")
        return _form(one, one.detect(view))
    return _evidence_form(one, one.score(view, _candidates(view)), _candidates(view).height)


def _form(plugin: Any, frame: object) -> pl.DataFrame:
    _need(
        isinstance(frame, pl.DataFrame), f"detect must return a polars DataFrame, not {type(frame).__name__}"
    )
    # What it is was asked above, by a function that mypy does not follow; below alike.
    checked = ANOMALIES.check(frame, plugin.name)  # type: ignore[arg-type]
    _need(bool(checked["score"].is_finite().all()), "scores must be finite")
    _need(bool((checked["score"] >= 0).all()), "scores are -log10 p and may not be negative")
    unknown = set(checked["kind"].to_list()) - set(FINDING_KINDS)
    _need(not unknown, f"kinds must be of api.FINDING_KINDS, not {', '.join(sorted(unknown))}")
    _need(bool((checked["start"] <= checked["end"]).all()), "an anomaly may not end before it starts")
    return checked


def _evidence_form(plugin: Any, frame: object, candidates: int) -> pl.DataFrame:
    _need(
        isinstance(frame, pl.DataFrame), f"score must return a polars DataFrame, not {type(frame).__name__}"
    )
    made: pl.DataFrame = frame  # type: ignore[assignment]
    missing = [name for name in EVIDENCE if name not in made.columns]
    _need(not missing, f"{plugin.name}: score must return the columns {', '.join(EVIDENCE)}")
    made = made.select(list(EVIDENCE))
    _need(all(made.schema[c] == t for c, t in EVIDENCE.items()), f"column types must be {dict(EVIDENCE)}")
    _need(not made.null_count().sum_horizontal().item(), "no value may be null")
    _need(bool(made["value"].is_finite().all()), "values must be finite decades")
    _need(made.filter(pl.col("candidate") >= candidates).height == 0, "only candidates that were given")
    return made


def _candidates(view: View) -> pl.DataFrame:
    """Every (service, template) of a view as a candidate, for rankers."""
    rows = view.counts.group_by("service", "template").agg(pl.col("first").min(), pl.col("last").max())
    return rows.sort("service", "template").select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("candidate"),
        pl.lit("kit").alias("detector"),
        pl.lit("new").alias("kind"),
        "service",
        "template",
        pl.col("first").alias("start"),
        pl.col("last").alias("end"),
        pl.lit(5.0).alias("score"),
        pl.lit("7 in 10 s").alias("observed"),
        pl.lit("0").alias("expected"),
        pl.lit("kit").alias("sentence"),
    )


def _frames(view: View) -> dict[str, Any]:
    values = {f.name: getattr(view, f.name) for f in fields(view)}
    return {name: frame for name, frame in values.items() if isinstance(frame, pl.DataFrame)}


def _shuffled(view: View) -> View:
    mixed: dict[str, Any] = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=7) for name, frame in _frames(view).items()
    }
    return replace(view, **mixed)


def _calm_kinds(plugin: Any) -> None:
    for seed in range(5):
        found = _run(plugin, calm(seed=seed))
        loud = found.filter(pl.col("score") >= 6.0)
        _need(
            not loud.height, f"calm data (seed {seed}) gave a score of 6 or more: {loud.rows(named=True)[:1]}"
        )


def empty_frame(plugin: Any) -> None:
    """A view without rows gives no rows and no exception."""
    base = calm()
    empty: dict[str, Any] = {name: frame.clear() for name, frame in _frames(base).items()}
    found = _run(plugin, replace(base, **empty, start=None, buckets=0, quiet=()))
    _need(found.height == 0, "nothing can be found where there is nothing")


def one_row(plugin: Any) -> None:
    """A view of a single record is no cause for an exception."""
    base = calm()
    counts = base.counts.head(1)
    _run(
        plugin,
        replace(
            base,
            counts=counts,
            templates=base.templates.join(counts, on="template", how="semi"),
            buckets=1,
            quiet=(),
        ),
    )


def one_template(plugin: Any) -> None:
    """A view of one template is no cause for an exception."""
    _run(plugin, calm(templates=0))


def no_baseline(plugin: Any) -> None:
    """A view without a baseline is no cause for an exception."""
    _run(plugin, replace(planted("new"), quiet=()))


def no_times(plugin: Any) -> None:
    """A run in which nothing has a time is no cause for an exception."""
    base = calm()
    _run(plugin, replace(base, start=None, quiet=(), counts=base.counts.clear()))


def same_twice(plugin: Any) -> None:
    """The same view gives the same frame twice."""
    view = planted("new")
    _need(
        _run(plugin, view).equals(_run(plugin, view)), "two calls differ: no randomness without a fixed seed"
    )


def rows_shuffled(plugin: Any) -> None:
    """The order of a view's rows changes nothing."""
    for kind in _kinds(plugin) or ("new",):
        view = planted(kind)
        _need(
            _run(plugin, view).equals(_run(plugin, _shuffled(view))),
            "sort before relying on an order of rows",
        )


def view_unchanged(plugin: Any) -> None:
    """The view is as it was before the call."""
    view = planted("new")
    before = pickle.dumps(view)
    _run(plugin, view)
    _need(before == pickle.dumps(view), "a view is shared by all plugins: copy before changing")


def hostile_text(plugin: Any) -> None:
    """Templates of escapes, markup, format strings and broken regexes are text like any other."""
    _run(plugin, hostile())


def stdout_silent(plugin: Any) -> None:
    """Nothing is printed: stdout is data."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        _run(plugin, planted("new"))
    _need(not out.getvalue() + err.getvalue(), "do not print; say it in the sentence or raise")


def parameters_keyword_only(plugin: Any) -> None:
    """All parameters are keyword-only and have defaults."""
    odd = [
        p.name
        for p in inspect.signature(type(plugin)).parameters.values()
        if p.kind is not p.KEYWORD_ONLY or p.default is p.empty
    ]
    _need(not odd, f"keyword-only with a default, please: {', '.join(odd)}")


def parameters_stored(plugin: Any) -> None:
    """Parameters are stored as given, under their own names."""
    given = {p.name: p.default for p in inspect.signature(type(plugin)).parameters.values()}
    made = type(plugin)(**given)
    changed = [name for name, value in given.items() if getattr(made, name, None) is not value]
    _need(not changed, f"store as given and validate in fit: {', '.join(changed)}")


def named(plugin: Any) -> None:
    """The class has a name: lower case, without spaces."""
    name = getattr(type(plugin), "name", None)
    _need(
        isinstance(name, str) and name == str(name).lower().strip() and " " not in str(name),
        f"name is {name!r}",
    )


def documented(plugin: Any) -> None:
    """The docstring says Finds, Misses, Cost and Source."""
    text = type(plugin).__doc__ or ""
    missing = [word for word in ("Finds:", "Misses:", "Cost:", "Source:") if word not in text]
    _need(not missing, f"the docstring lacks {', '.join(missing)}")


def light_import(plugin: Any) -> None:
    """Importing the plugin's module loads no heavy package."""
    module = type(plugin).__module__
    # A panel is loaded where Textual is already.
    heavy = [name for name in HEAVY if name != "textual" or not hasattr(plugin, "widget")]
    code = f"import sys, {module}; print(*sorted(set({heavy!r}) & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=_path_env(), timeout=60
    )
    _need(run.returncode == 0, f"{module} cannot be imported alone: {run.stderr.strip()[-300:]}")
    _need(not run.stdout.strip(), f"import inside the call that needs it: {run.stdout.strip()}")


def _path_env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}


def state_plain(plugin: Any) -> None:
    """What was learned is plain data: it can be pickled."""
    one = _again(plugin)
    one.fit(planted("new"))
    pickle.dumps(one.__dict__)


def many_templates(plugin: Any) -> None:
    """Ten thousand templates take seconds, not minutes."""
    n = np.zeros((10_000, 60))
    n[np.arange(10_000), np.arange(10_000) % 60] = 1
    view = from_table(
        n, ["alpha"] * 10_000, [f"error {i:x} of its own kind" for i in range(10_000)], ["ERROR"] * 10_000
    )
    begun = time.perf_counter()
    _run(plugin, view)
    spent = time.perf_counter() - begun
    _need(spent < PATIENCE, f"{spent:.0f} s for 10,000 templates: work on columns")


def quiet_when_calm(plugin: Any) -> None:
    """Calm data (over-dispersed counts, a periodic message) give no score of 6 or more."""
    _calm_kinds(plugin)


def finds_planted(plugin: Any) -> None:
    """What the detector says it finds is found where it was planted."""
    kinds = _kinds(plugin)
    example = getattr(plugin, "example", None)
    _need(
        bool(kinds) or callable(example), "say what it finds: finds = (kinds of PLANTS), or example() -> View"
    )
    for kind in kinds:
        view = planted(kind)
        found = _run(plugin, view)
        hit = found.filter((pl.col("kind") == kind) & (pl.col("score") >= 3.0))
        begin = view.counts.filter(pl.col("bucket") >= 55)["first"].min()
        hit = hit.filter(pl.col("end") >= begin)
        _need(hit.height > 0, f"nothing of kind {kind!r} with a score of 3 or more where it was planted")
    if callable(example):
        _need(_run(plugin, example()).height > 0, "nothing found in its own example")


def sentences(plugin: Any) -> None:
    """Each anomaly has a sentence with a number, and no control character in it."""
    for kind in _kinds(plugin):
        for text in _run(plugin, planted(kind))["sentence"].to_list():
            _need(any(c.isdigit() for c in text), f"a sentence without a number: {text!r}")
            _need(text.isprintable(), f"a sentence with a control character: {text!r}")
    for text in _run(plugin, hostile())["sentence"].to_list():
        _need(text.isprintable(), f"text of logs must go through api.safe: {text!r}")


def scores_in_reach(plugin: Any) -> None:
    """Evidence is decades: no single term is larger than 12."""
    values = _run(plugin, planted("new"))["value"].to_list()
    _need(
        all(math.fabs(v) <= 12.0 for v in values), "a term of more than 12 decades settles everything alone"
    )


def _kinds(plugin: Any) -> tuple[str, ...]:
    return tuple(kind for kind in getattr(plugin, "finds", ()) if kind in PLANTS)


SHARED = (named, parameters_keyword_only, parameters_stored, light_import)
COMMON: dict[str, Check] = {
    check.__name__: check
    for check in (
        named,
        documented,
        parameters_keyword_only,
        parameters_stored,
        light_import,
        empty_frame,
        one_row,
        one_template,
        no_baseline,
        no_times,
        same_twice,
        rows_shuffled,
        view_unchanged,
        hostile_text,
        stdout_silent,
        many_templates,
    )
}
DETECTORS: dict[str, Check] = {
    check.__name__: check for check in (state_plain, quiet_when_calm, finds_planted, sentences)
}
RANKERS: dict[str, Check] = {check.__name__: check for check in (scores_in_reach,)}
