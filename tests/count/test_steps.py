"""Steps, edges and skew: what shared ids and names tell."""

from dataclasses import replace

import polars as pl
import pytest

from logsense.count import count, skew_notes


def _ids(n: int) -> tuple[tuple[str, str], ...]:
    return (("request_id", f"req-{n:08d}"),)


@pytest.fixture
def calls(run_of, event):
    """Forty requests: web says begin, db answers 20 to 40 ms later for a while, web says end."""

    def make(ahead: float = 0.0, spread: float = 0.0):
        events = []
        for n in range(40):
            at, took = n * 5.0, 0.2 + 0.005 * (n % 7)
            late = ahead + spread * (n % 5)
            events += [event(at, 0, "begin", _ids(n)), event(at + took, 0, "end", _ids(n))]
            events += [event(at + 0.02 + late, 1, "query", _ids(n))]
            events += [event(at + took - 0.03 + late, 1, "rows", _ids(n))]
            events += [event(at + 0.01, 2, "look", _ids(n)), event(at + 0.015, 2, "found", _ids(n))]
        return run_of(events)

    return make


def test_steps_follow_an_id_from_service_to_service(run_of, event):
    """Successive records of an id are steps with their gap; START and END stand at its ends."""
    events = [event(1.0, 0, "begin", _ids(1)), event(1.5, 1, "query", _ids(1)), event(3.0, 0, "end", _ids(1))]
    events.append(event(200, 2, "other"))
    counted = count(run_of(events))
    names = dict(counted.templates.select("template", "text").iter_rows()) | {"START": "START", "END": "END"}
    found = {
        (row["service"], names[row["template"]], row["next_service"], names[row["next_template"]]): (
            row["n"],
            row["total"],
            len(row["histogram"]),
        )
        for row in counted.steps.iter_rows(named=True)
    }
    assert found == {
        ("web", "START", "web", "begin"): (1, 0, 0),
        ("web", "begin", "db", "query"): (1, 500_000, 1),
        ("db", "query", "web", "end"): (1, 1_500_000, 1),
        ("web", "end", "web", "END"): (1, 0, 0),
    }


def test_short_ids_of_other_fields_are_other_ids(run_of, event):
    """``order=12`` and ``user=12`` are not the same; a long id is the same under any name."""
    events = [event(1, 0, "a", (("order", "12"),)), event(2, 1, "b", (("user", "12"),))]
    events += [
        event(3, 0, "c", (("rid", "4BF92F3577B34DA6"),)),
        event(4, 1, "d", (("trace", "4bf92f3577b34da6"),)),
    ]
    edges = count(run_of(events)).edges
    assert edges.select("service", "to", "how").rows() == [("web", "db", "shared rid")]


def test_edges_go_from_caller_to_callee(calls):
    """The service whose records come first calls the one that appears right after; n counts ids."""
    edges = count(calls()).edges
    assert edges.select("service", "to", "n", "how").rows() == [
        ("cart", "db", 40, "shared request_id"),
        ("web", "cart", 40, "shared request_id"),
    ]


def test_who_logs_when_done_is_still_the_caller(run_of, event):
    """A record that says how long its work took counts from when the work began."""
    events = []
    for n in range(5):
        events.append(event(n * 9.0 + 0.1, 1, "rows", _ids(n), (("rows", 7.0),)))
        events.append(event(n * 9.0 + 0.2, 0, "GET done", _ids(n), (("responsetime", 150.0),)))
    edges = count(run_of(events)).edges
    assert edges.select("service", "to", "n").rows() == [("web", "db", 5)]


@pytest.mark.parametrize(
    "message,edge",
    [
        ("GET http://cart:8080/items answered 200", ("web", "cart", "address")),
        ("connect to host=cart failed", ("web", "cart", "address")),
        ("cart.shop.svc is gone", ("web", "cart", "address")),
        ("waiting for cart", ("web", "cart", "name")),
        ("connection authorized: user=cart database=x", ("cart", "web", "name")),
        ("cart@shop LOG: statement", ("cart", "web", "name")),
        ("shopping-cart is empty, cart_id=7, carts", None),
        ("the database said no to cartoons", None),
    ],
)
def test_names_in_texts_are_edges(run_of, event, message, edge):
    """A service's name as a whole word, a host or a target in another's text is an edge; parts are not."""
    run = run_of([event(0, 0, message), event(60, 2, "work")], ("web", "db", "cart"))
    rows = count(run).edges.select("service", "to", "how").rows()
    assert rows == ([edge] if edge else [])


def test_supervisors_need_nothing_of_what_they_name(run_of, event):
    """Who starts and stops services names them without depending on them."""
    events = [event(0, 0, "Started cart"), event(60, 2, "x")]
    assert count(run_of(events, ("systemd", "db", "cart"))).edges.is_empty()


def test_even_clocks_have_no_skew(calls):
    """Callees inside their callers' time: no skew."""
    assert count(calls()).skew.is_empty()


@pytest.mark.parametrize("ahead", [-2.0, 0.9, 3600.0])
def test_a_clock_that_differs_is_told(calls, ahead):
    """A callee outside its caller by the same time under all ids: its clock is off by that much."""
    row = count(calls(ahead)).skew.row(0, named=True)
    assert (row["service"], row["n"]) == ("db", 40)
    assert row["offset"] == pytest.approx(ahead * 1e6, abs=100_000)
    assert skew_notes(count(calls(ahead)).skew)[0].startswith("the clock of db seems to run")


def test_late_work_is_not_skew(calls, run_of, event):
    """Work done some time later, in a time of its own or after varying waits, is no skew."""
    assert count(calls(1.0, spread=0.3)).skew.is_empty()
    events = []
    for n in range(40):
        events += [event(n * 5.0, 0, "begin", _ids(n)), event(n * 5.0 + 0.4, 0, "end", _ids(n))]
        events += [event(n * 5.0 + 1.4, 1, "mailed", _ids(n))]
    assert count(run_of(events)).skew.is_empty()


def _pairs(counted):
    names = dict(counted.templates.select("template", "text").iter_rows())
    return {
        (names.get(a, a), names.get(b, b))
        for a, b in counted.steps.select("template", "next_template").iter_rows()
    }


def test_steps_follow_the_wholest_id(run_of, event):
    """Under a trace an order's id joins nothing more; where records have the order alone it is followed."""
    events, order = [], (("orderId", "order-0000001"),)
    for n in range(20):
        ids = (("TraceID", f"{n:032x}"), *order)
        events += [event(n * 9.0, 0, "begin", ids), event(n * 9.0 + 1, 1, "query", ids)]
    assert ("query", "begin") not in _pairs(count(run_of(events)))
    events += [event(200.0 + n, 2, "pack", order) for n in range(20)]
    assert {("query", "pack"), ("pack", "pack")} <= _pairs(count(run_of(events)))


def test_a_place_in_the_code_is_a_step(run_of, event):
    """Texts of one place are one step, one text of two places is two; without places the text decides."""
    events = []
    for n in range(6):
        events += [event(n * 9.0, 0, "begin", _ids(n)), event(n * 9.0 + 1, 0, f"found {n % 2}", _ids(n))]
        events += [event(n * 9.0 + 2, 0, "end", _ids(n))]
    run = run_of(events)
    plain = count(run).steps
    assert set(plain["place"]) == {None}
    assert len(_pairs(count(run))) == 6  # two ways by two texts
    where = {"begin": "a.B#1", "end": "a.B#1"}
    logger = pl.col("message").replace_strict(where, default="a.B#2")
    placed = count(replace(run, keys=run.keys.with_columns(logger=logger))).steps
    inner = placed.filter((pl.col("template") != "START") & (pl.col("next_template") != "END"))
    assert set(inner.select("place", "next_place").iter_rows()) == {("a.B#1", "a.B#2"), ("a.B#2", "a.B#1")}
    assert inner["n"].sum() == 12


def test_loggers_without_a_line_are_no_places(run_of, event):
    """A logger alone says nothing that the text does not."""
    run = run_of([event(1, 0, "begin", _ids(1)), event(2, 0, "end", _ids(1))])
    keys = run.keys.with_columns(logger=pl.lit("shop.Basket"))
    assert set(count(replace(run, keys=keys)).steps["place"]) == {None}
