"""What is a resource, whose shifts are found, and that calm metrics are quiet."""

from dataclasses import replace

import polars as pl
import pytest
from logsense.api import SERIES
from logsense.testing import parametrize_with_checks

from logsense_metrics import Resources, Strain, shifts
from logsense_metrics.families import family

CPU, MEMORY = "cpu usage (%)", "memory_bytes"


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        ("CpuUsageRate(%)", "cpu"),
        ("CPUUtilization", "cpu"),
        ("container_cpu_usage_seconds_total", "cpu"),
        ("node_cpu_seconds_total{mode=iowait}", "pressure"),
        ("container_cpu_cfs_throttled_seconds_total", "throttling"),
        ("container_memory_working_set_bytes", "memory"),
        ("jvm_memory_used_bytes{area=heap}", "memory"),
        ("node_memory_MemAvailable_bytes", "memory left"),
        ("node_filesystem_avail_bytes", "disk left"),
        ("node_disk_io_time_seconds_total", "disk"),
        ("process_open_fds", "file descriptors"),
        ("kube_pod_container_status_restarts_total", "restarts"),
        ("go_goroutines", "threads and connections"),
    ],
)
def test_what_is_a_resource(metric, name):
    """Usual names of exporters and agents are of the family that is meant."""
    assert family(metric).name == name


@pytest.mark.parametrize(
    "metric",
    ["PodServerLatencyP99(s)", "http_requests_total", "PodSuccessRate(%)", "NetworkReceiveBytes",
     "jvm_memory_max_bytes", "node_cpu_seconds_total{mode=idle}", "container_spec_cpu_quota",
     "kube_pod_container_resource_limits",
     "up", "container_cpu_cfs_throttled_periods_total", "SyscallRead", "request_duration_seconds_sum", ""],
)  # fmt: skip
def test_what_is_none(metric):
    """Latency, load, settings and idle time are left out."""
    assert family(metric) is None


@pytest.mark.parametrize(("metric", "times"), [(CPU, 40.0), (MEMORY, 3.0)])
def test_a_shift_is_found_with_few_samples(made, metric, times):
    """Eleven usual minutes and one that is not: the service and its metric are named, and no other."""
    view = made(service="shop-c", metric=metric, times=times)
    found = Resources().fit(view).detect(view)
    assert found.select("service", "metric", "kind").rows() == [("shop-c", metric, "value")]
    assert "usual are" in found["sentence"][0]
    assert found["end"][0] == view.series["time"].max()


def test_a_sentence_has_a_subject_where_no_service_is_named(made):
    """A metric that names no service is spoken of all the same, in a whole sentence."""
    view = made(service="shop-c", metric=CPU, times=40.0)
    one = view.series.filter(service="shop-c", metric=CPU).with_columns(service=pl.lit(""))
    view = replace(view, series=one)
    found = Resources().fit(view).detect(view)
    assert found["sentence"][0].startswith("what names no service used more CPU: ")


def test_five_usual_samples_are_enough(made):
    """With a sample a minute, five minutes of usual time tell what is not."""
    view = made(service="shop-c", minutes=6)
    best = Resources().fit(view).detect(view).sort("score", descending=True).head(1)
    assert best.select("service", "metric").rows() == [("shop-c", CPU)]
    assert best["score"][0] >= 1.5


def test_calm_metrics_are_quiet(made):
    """Of a hundred runs with noise and bursts, few have a shift of one decade and a half."""
    loud = 0
    for seed in range(100):
        view = made(seed=seed)
        loud += Resources().fit(view).detect(view).height > 0
    assert loud <= 12


def test_what_is_left_matters_when_it_falls(made):
    """Of memory that is available a fall is a shift, a rise is none."""
    view = made()
    left = view.series.filter(pl.col("metric") == MEMORY).with_columns(
        metric=pl.lit("memory_available_bytes")
    )
    newest = (pl.col("time") == pl.col("time").max()) & (pl.col("service") == "shop-a")
    for times, many in ((0.1, 1), (10.0, 0)):
        value = pl.when(newest).then(pl.col("value") * times).otherwise("value")
        seen = replace(view, series=left.with_columns(value=value))
        assert Resources().fit(seen).detect(seen).height == many


def test_restarts_of_what_never_restarted(made):
    """Of a counter that stood still everywhere, one step is a shift."""
    view = made()
    still = view.series.filter(pl.col("metric") == CPU).with_columns(
        metric=pl.lit("restarts"), value=pl.lit(0.0)
    )
    newest = (pl.col("time") == pl.col("time").max()) & (pl.col("service") == "shop-a")
    seen = replace(view, series=still.with_columns(value=pl.when(newest).then(1.0).otherwise("value")))
    found = Resources().fit(seen).detect(seen)
    assert found.select("service", "metric").rows() == [("shop-a", "restarts")]


def test_latency_is_no_evidence(made):
    """A metric that is no resource moves nothing, however far it shifts."""
    view = made(service="shop-c")
    renamed = view.series.with_columns(metric=pl.lit("latency_p99"))
    seen = replace(view, series=renamed)
    assert not Resources().fit(seen).detect(seen).height


def candidates(view, services):
    start, end = view.series["time"].max() - pl.duration(minutes=1), view.series["time"].max()
    return pl.DataFrame({"candidate": range(len(services)), "service": services}).select(
        pl.col("candidate").cast(pl.UInt32), "service", start=start, end=pl.lit(end),
        template=pl.lit(None, pl.String), kind=pl.lit("rate up"),
        detector=pl.lit("rate"), score=pl.lit(5.0),
    )  # fmt: skip


def test_evidence_goes_to_who_was_short(made):
    """The service whose CPU shifted gets decades, with the numbers; nothing is held against the others."""
    view = made(service="shop-c")
    told = Strain().score(view, candidates(view, ["shop-a", "shop-c", "nobody"]))
    best = told.sort("value", descending=True).row(0, named=True)
    assert best["candidate"] == 1
    assert best["value"] >= 2.0
    assert "used more CPU" in best["why"]
    assert told["value"].min() >= 0.0


def test_a_shift_at_another_time_is_no_evidence(made):
    """What shifted long before the incident speaks for nobody."""
    view = made(service="shop-c")
    early = pl.col("time") - pl.duration(minutes=30)
    seen = replace(view, series=view.series.with_columns(time=early.cast(pl.Datetime("us"))))
    assert not Strain().score(seen, candidates(view, ["shop-c"])).height


def test_the_tail_is_that_of_student():
    """The p-values of t at known quantiles: of five degrees 2.015 at 5 %, 3.365 at 1 %, 5.893 at 0.1 %."""
    import numpy as np

    got = shifts._log10_tail(np.array([2.015, 3.365, 5.893, 0.0]), np.full(4, 5.0))
    assert got == pytest.approx([-1.301, -2.0, -3.0, 0.0], abs=2e-3)


@pytest.fixture
def no_series(made):
    return replace(made(), series=SERIES.empty())


def test_without_metrics_nothing_is_said(made, no_series):
    """A run without metrics is judged as without the package."""
    assert not Resources().fit(no_series).detect(no_series).height
    asked = candidates(made(), ["shop-a"])
    assert not Strain().score(no_series, asked).height


@parametrize_with_checks([Resources(), Strain()])
def test_conforms(plugin, check):
    """Each check of the kit holds, on the small example of each."""
    check(plugin)


@parametrize_with_checks([Resources(), Strain()])
def test_conforms_among_twelve(plugin, check, made):
    """And where twelve services lend one another what is usual."""
    plugin.example = lambda: made(service="shop-c")
    check(plugin)
