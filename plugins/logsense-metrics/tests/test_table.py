"""CSV in its forms, and what is no table of numbers."""

from datetime import datetime

import polars as pl
import pytest
from logsense.api import SERIES

from logsense_metrics import Table
from logsense_metrics.table import split

LONG = "service,value,metric,time\ncart,0.5,cpu,2026-01-02T03:04:05Z\nmail,7,cpu,2026-01-02T03:04:05Z\n"


def read(tmp_path, text, name="metrics.csv"):
    path = tmp_path / name
    path.write_text(text)
    frame = Table().series(path)
    assert frame.equals(SERIES.check(frame))
    return frame


def test_long_form_in_any_order_of_columns(tmp_path):
    """Each row is a sample, with the line it stands in."""
    frame = read(tmp_path, LONG)
    assert frame.select("service", "metric", "value", "line").rows() == [
        ("cart", "cpu", 0.5, 2),
        ("mail", "cpu", 7.0, 3),
    ]
    assert frame["time"][0] == datetime(2026, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-02 03:04:05.250",
        "2026-01-02T05:04:05.250+02:00",
        "2026-01-01T22:34:05.25-0430",
        "2026/01/02 03:04:05,250",
        "1767323045.25",
        "1767323045250",
        "1767323045250000",
        "1767323045250000000",
    ],
)
def test_times_of_all_sorts(tmp_path, written):
    """ISO with and without a zone, and numbers in s, ms, µs and ns, are one moment."""
    quoted = f'"{written}"'
    frame = read(tmp_path, f"timestamp,pod,metric_name,value\n{quoted},cart,cpu,1\n")
    assert frame["time"].to_list() == [datetime(2026, 1, 2, 3, 4, 5, 250_000)]


def test_values_that_are_none_are_left_out(tmp_path):
    """Empty, NaN and words are no samples; a per cent sign is no harm."""
    frame = read(tmp_path, LONG + "cart,,cpu,2026-01-02T03:05:05Z\ncart,NaN,cpu,2026-01-02T03:06:05Z\n"
                 "cart,lots,cpu,2026-01-02T03:07:05Z\ncart,12%,cpu,2026-01-02T03:08:05Z\n")  # fmt: skip
    assert frame.filter(service="cart")["value"].to_list() == [0.5, 12.0]


def test_words_among_the_values_leave_the_file_what_it_is():
    """A header of time, metric and value is claimed though some values are words; not where most are."""
    rows = [f"cart,{value},cpu,2026-01-02T03:04:0{at}Z" for at, value in enumerate(("1", "n.v.", "2", "3"))]
    header = LONG.partition("\n")[0]
    assert Table().claims("metrics.csv", "\n".join([header, *rows, ""]))
    words = [f"cart,started,cpu,2026-01-02T03:04:0{at}Z" for at in range(4)]
    assert not Table().claims("metrics.csv", "\n".join([header, *words, ""]))


def test_a_broken_row_costs_itself_alone(tmp_path):
    """A quotation mark that is never closed, a row too short, one too long: the others are read."""
    frame = read(tmp_path, LONG + '"unclosed,1,2,3\ncart\ncart,2,cpu,2026-01-02T03:05:05Z,more\n')
    assert frame["value"].to_list() == [0.5, 2.0, 7.0]


def test_counters_become_rates_and_resets_are_handled(tmp_path):
    """What counts up is a rate a second; after a reset it counts from nought."""
    rows = "".join(
        f"{1767323040 + 60 * at},cart,requests_total,{value}\n"
        for at, value in enumerate([100, 160, 280, 30, 90, 150])
    )
    frame = read(tmp_path, "time,service,metric,value\n" + rows)
    assert frame["value"].to_list() == [1.0, 2.0, 0.5, 1.0, 1.0]
    assert frame["unit"].unique().to_list() == ["1/s"]


def test_wide_form_names_services_and_metrics(tmp_path):
    """A column a series: the name of the column says both, or the file says the service."""
    text = "time,cart_cpu,cart_mem,mail_cpu,mail_mem\n1767323045,1,2,3,4\n1767323105,5,6,7,8\n"
    frame = read(tmp_path, text)
    assert frame.filter(service="mail", metric="mem")["value"].to_list() == [4.0, 8.0]
    assert Table().claims("metrics.csv", text)
    alone = read(tmp_path, "time;cpu;mem\n1767323045;1;2\n1767323105;5;6\n", "cart.csv")
    assert set(alone["service"]) == {"cart"}
    assert set(alone["metric"]) == {"cpu", "mem"}


def test_names_of_wide_columns():
    """Marks and labels between service and metric are understood."""
    assert split(["a/cpu", "b/cpu"], "x") == [("a", "cpu"), ("b", "cpu")]
    assert split(['cpu{pod="a"}', 'cpu{pod="b"}'], "x") == [("a", "cpu"), ("b", "cpu")]
    assert split(["cpu_usage", "mem_used"], "x") == [("x", "cpu_usage"), ("x", "mem_used")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "2026-01-02 03:04:05 INFO started\n2026-01-02 03:04:06 INFO ready\n",
        "time,level,message\n2026-01-02T03:04:05Z,INFO,ready\n2026-01-02T03:04:06Z,INFO,go\n",
        "time,status,bytes\n2026-01-02T03:04:05Z,200,17\n2026-01-02T03:04:06Z,404,18\n",
        "time,service,metric,value\n2026-01-02T03:04:05Z,cart,cpu,high\n",
        "time,a\nyesterday,1\ntoday,2\n",
        "time,a,a\n1767323045,1,2\n1767323105,1,2\n",
        'time,"a\n1767323045,1,2\n1767323105,1,2\n',
        "name,age\nbob,7\nann,8\n",
    ],
)
def test_logs_and_other_tables_are_not_claimed(text):
    """Lines of logs, tables of events and of anything else stay what they are."""
    assert not Table().claims("metrics.csv", text)


def test_a_head_that_is_cut_is_claimed():
    """The last line of the head may be cut anywhere."""
    text = LONG + "".join(f"cart,{n},cpu,2026-01-02T03:05:{n:02}Z\n" for n in range(60))
    assert all(Table().claims("m.csv", text[:end]) for end in range(120, len(text), 7))


def test_a_table_without_times_says_so(tmp_path):
    """The reason names what is missing."""
    with pytest.raises(ValueError, match="no column of times"):
        read(tmp_path, "service,value\ncart,1\n")


@pytest.mark.parametrize("name", ["line", "id", "text", "column", "the time", "unit", "service"])
def test_columns_may_be_called_anything(tmp_path, name):
    """A column that bears a name we use ourselves is a column like any other."""
    text = f"time,{name},cpu\n" + "".join(f"2026-01-02T03:0{i}:00Z,{i},0.5\n" for i in range(4))
    path = tmp_path / "cart.csv"
    path.write_text(text)
    assert Table().claims(path.name, text)
    rows = Table().series(path)
    assert set(rows["metric"]) == {name, "cpu"}
    assert rows.filter(pl.col("metric") == name)["value"].to_list() == [0.0, 1.0, 2.0, 3.0]


def test_between_semicolons_a_comma_is_the_mark_of_decimals(tmp_path):
    """What a spreadsheet of most of Europe writes is read; where commas part cells none is touched."""
    text = "time;cart_cpu;mail_cpu\n" + "".join(f"2026-01-02T03:0{i}:00Z;{i},5;-1,25 %\n" for i in range(4))
    path = tmp_path / "usage.csv"
    path.write_text(text)
    assert Table().claims(path.name, text)
    rows = Table().series(path)
    assert rows.filter(pl.col("service") == "cart")["value"].to_list() == [0.5, 1.5, 2.5, 3.5]
    assert set(rows.filter(pl.col("service") == "mail")["value"]) == {-1.25}
    assert not Table().claims("x.csv", 'time,cpu\n2026-01-02T03:04:00Z,"0,5"\n2026-01-02T03:05:00Z,"0,5"\n')
