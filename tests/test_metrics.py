"""Files of metrics leave the logs, and their samples come to lie on the axis of the run."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from logsense import gather, metrics
from logsense.api import hookimpl
from logsense.config import Settings
from logsense.host import Host
from logsense.schema import SERIES

LOG = "2026-01-02T03:04:05Z INFO ready\n"


class Pairs:
    """Reads files that begin with #pairs: a value a line, a minute apart."""

    name = "pairs"

    def claims(self, name, head):
        return head.startswith("#pairs")

    def series(self, path):
        values = [float(line) for line in path.read_text().split("\n")[1:] if line]
        return SERIES.of(
            [
                {
                    "time": datetime(2026, 1, 2, 3, at),
                    "service": "cart",
                    "metric": "cpu",
                    "value": value,
                    "line": at + 2,
                }
                for at, value in enumerate(values)
            ]
        )


class Wrong(Pairs):
    """Returns a frame without its columns."""

    name = "wrong"

    def series(self, path):
        return pl.DataFrame({"value": [1.0]})


class Falls(Pairs):
    """Raises when it is asked at all."""

    name = "falls"

    def claims(self, name, head):
        msg = "no claim"
        raise RuntimeError(msg)


def host(*readers):
    class Plugin:
        @hookimpl
        def register_metrics(self):
            return list(readers)

    return Host(kinds=("formats", "metrics"), objects=[("metrics", "given", Plugin())])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.csv").write_text("#pairs\n1.5\n2.5\nnan\n")
    (tmp_path / "cart.log").write_text(LOG)
    return tmp_path


def planned(folder, *readers, **options):
    use = host(*readers)
    return gather.plan(
        str(folder), Settings.resolve({}, **options), use, baseline=options.get("baseline", ())
    ), use


def test_what_a_reader_claims_is_no_log(folder):
    """The file is no source; its finite samples are series with the file and line; a note tells of it."""
    made, _ = planned(folder, Pairs)
    assert [(one.number, one.name) for one in made.found.sources] == [(0, "cart.log")]
    assert made.series.select("value", "source", "line").rows() == [(1.5, "a.csv", 2), (2.5, "a.csv", 3)]
    assert made.problems == (
        "a.csv: no log: read as metrics by pairs, 2 samples of 1 series, 1 without a finite value",
    )


def test_without_a_reader_it_is_a_log(folder):
    """Nothing is asked, nothing is left out."""
    made, _ = planned(folder)
    assert [one.name for one in made.found.sources] == ["a.csv", "cart.log"]
    assert made.series.is_empty()


def test_a_reader_that_fails_costs_its_file_alone(folder):
    """A wrong frame is a failure that names the reader, and the file is skipped with the reason (exit 4)."""
    made, use = planned(folder, Wrong)
    skip = made.found.skipped[0]
    assert (skip.source, skip.failed) == ("a.csv", True)
    assert "metrics that wrong could not read" in skip.reason
    assert "no column 'time'" in skip.reason
    assert [failure.hook for failure in use.failures] == ["series"]
    assert [one.name for one in made.found.sources] == ["cart.log"]


def test_a_reader_that_cannot_be_asked_claims_nothing(folder):
    """The next one is asked; the failure is told."""
    made, use = planned(folder, Falls, Pairs)
    assert made.series.height == 2
    assert [failure.hook for failure in use.failures] == ["claims"]  # once, not for every file


def test_known_good_files_keep_their_place(folder, tmp_path_factory):
    """Samples of known-good files are marked; the logs among them are still known good."""
    good = tmp_path_factory.mktemp("good")
    (good / "b.csv").write_text("#pairs\n9\n")
    (good / "cart.log").write_text(LOG.replace("ready", "steady"))
    made, _ = planned(folder, Pairs, baseline=(str(good),))
    assert made.series.filter(pl.col("known") == 0)["value"].to_list() == [9.0]
    assert [made.names[number] for number in made.known] == [f"{good}/cart.log"]


def row(minute, value, known=None, service="cart"):
    time = datetime(2026, 1, 2, 3, minute)
    return {"time": time, "service": service, "metric": "cpu", "value": value, "known": known}


def laid(rows, pieces=(), services=("cart",)):
    frame = pl.concat([SERIES.of([{k: v for k, v in one.items() if k != "known"}]) for one in rows])
    known = pl.Series("known", [one["known"] for one in rows], dtype=pl.Int32)
    return metrics.laid_out(frame.with_columns(known), pieces, services)


def test_known_good_samples_move_with_their_logs():
    """They lie where the lines of their time do; those beside all stretches are left out."""
    first = _micros(datetime(2026, 1, 2, 3, 1))
    piece = (first, first + 120_000_000, 600_000_000)
    frame = laid([row(30, 1.0), row(2, 2.0, 0), row(9, 3.0, 0)], [piece])
    assert frame["value"].to_list() == [2.0, 1.0]
    assert frame["time"][0] == datetime(2026, 1, 2, 3, 12)


def _micros(time):
    return (time - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def test_the_same_sample_twice_is_one():
    """A file given twice changes nothing."""
    assert laid([row(1, 1.0), row(1, 1.0)]).height == 1


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ts-order-service", "ts-order-service"),
        ("TS_Order_Service", "ts-order-service"),
        ("ts-order-service-7d4b9c6f5-x2x4z", "ts-order-service"),
        ("ts-order-service-x2x4z", "ts-order-service"),
        ("prod/ts-order-service-0", "ts-order-service"),
        ("ts-order-service.prod.svc:8080", "ts-order-service"),
        ("db-1", "db-1"),
        ("db-2", None),
        ("order", None),
        ("10.0.0.7:9100", None),
        ("", None),
    ],
)
def test_names_of_pods_and_instances(name, meant):
    """Marks of a scheduler, ports and domains are taken off until a service of the logs is met."""
    assert metrics.named([name], ["ts-order-service", "db-1", "cache"]).get(name) == meant


def test_a_name_that_could_mean_two_means_none():
    """Two services alike but for case are kept apart; each keeps its own samples."""
    assert metrics.named(["CART", "cart", "Cart"], ["cart", "Cart"]) == {"cart": "cart", "Cart": "Cart"}


def test_a_copy_is_made_of_what_is_packed(folder, tmp_path):
    """Readers get plain text, whatever the file was packed with."""
    import gzip

    (folder / "a.csv").unlink()
    (folder / "a.csv.gz").write_bytes(gzip.compress(b"#pairs\n1\n"))
    seen = []

    class Noting(Pairs):
        name = "noting"

        def series(self, path):
            seen.append(Path(path).read_text())
            return super().series(path)

    made, _ = planned(folder, Noting)
    assert seen == ["#pairs\n1\n"]
    assert made.series["source"].to_list() == ["a.csv.gz"]


def test_readers_are_asked_of_many_files_at_once(tmp_path, monkeypatch):
    """A call of a worker costs more than its answer: they are not asked file by file."""
    monkeypatch.setattr(metrics, "ASKED", 5)
    for number in range(12):
        (tmp_path / f"{number:02}.csv").write_text(
            f"#pairs\n{number}\n" if number % 2 else LOG * (number + 1)
        )
    use = host(Pairs, Wrong)
    plan = gather.plan(str(tmp_path), Settings.resolve({}), use, baseline=())
    asked = [call.plugin for call in use.trace if call.hook == "claims"]
    assert asked == ["pairs", "wrong"] * 3
    assert len(plan.found.sources) == 6
    assert len([call for call in use.trace if (call.plugin, call.hook) == ("pairs", "series")]) == 6
