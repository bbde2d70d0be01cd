"""Labels of a metric: whose it is, and what tells two series of one metric apart."""

import polars as pl

#: Labels that say whose a number is, the most telling first. Those of Prometheus itself come last: a job
#: names a service where nothing else does, an instance is an address.
OWNERS = (
    "service", "service_name", "app", "app_kubernetes_io_name", "application", "deployment", "workload",
    "component", "container", "container_name", "pod", "pod_name", "exported_service", "name", "job",
    "exported_job", "hostname", "host", "node", "instance",
)  # fmt: skip
#: Names of containers that are none of a service: what holds a pod together, and totals.
NOBODY = ("", "POD", "pause", "/")
#: Labels whose values are different things, not parts of one whole: they become part of the metric's name.
APART = (
    "mode", "state", "type", "kind", "area", "device", "mountpoint", "path", "interface", "resource",
    "reason",     "pool", "direction", "op", "queue", "topic",
)  # fmt: skip


def owner(of: dict[str, pl.Expr]) -> pl.Expr:
    """The service of a series from its labels; "" where none says so."""
    said = [pl.when(~of[label].is_in(list(NOBODY))).then(of[label]) for label in OWNERS if label in of]
    return pl.coalesce(*said, pl.lit(""))


def told_apart(metric: pl.Expr, of: dict[str, pl.Expr]) -> pl.Expr:
    """The metric's name with the labels that make it another thing: ``cpu_seconds_total{mode=user}``."""
    said = [
        pl.when(of[label] != "").then(pl.format(label + "={}", of[label])) for label in APART if label in of
    ]
    if not said:
        return metric
    all_of = pl.concat_str(said, separator=",", ignore_nulls=True)
    return (
        pl.when(all_of != "")
        .then(pl.format("{}{}", metric, pl.concat_str(pl.lit("{"), all_of, pl.lit("}"))))
        .otherwise(metric)
    )
