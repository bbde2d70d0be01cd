"""A job that is lost from a table of jobs, from the lines to the incident."""

from datetime import datetime, timedelta

import pytest

from logsense import pipeline

BEGIN = datetime(2026, 3, 10, 12)


@pytest.fixture
def days(tmp_path):
    """Two days of a service, and of a backup that comes in the first night; entries: what is left then."""

    def write(entries):
        web = [
            f"{BEGIN + timedelta(minutes=5 * i, seconds=i % 50):%Y-%m-%d %H:%M:%S} INFO web: page {i} served"
            for i in range(48 * 12)
        ]
        cron = [
            f"{BEGIN + timedelta(minutes=10 * i):%Y-%m-%d %H:%M:%S} INFO crond: (root) CMD (collect)"
            for i in range(48 * 6)
        ]
        for hours, count in ((2, 11), (31.5, entries)):
            at = BEGIN + timedelta(hours=hours)
            cron.append(f"{at:%Y-%m-%d %H:%M:%S} INFO crond: (root) RELOAD (/etc/crontab) {count} entries")
        night = BEGIN + timedelta(hours=13.25, seconds=3)
        backup = [
            f"{night + timedelta(seconds=9 * i):%Y-%m-%d %H:%M:%S} INFO backup: {what}"
            for i, what in enumerate(("begins", "copied 5062 rows", "is done"))
        ]
        for name, lines in (("web", web), ("cron", sorted(cron)), ("backup", backup)):
            (tmp_path / f"{name}.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return pipeline.analyze(str(tmp_path))

    return write


def test_the_reload_that_lost_a_job_is_told_with_its_numbers(days):
    """The incident begins with the reload, names both services, and quotes the line with the lower number."""
    (incident,) = days(10).incidents
    assert incident.kind == "absence"
    assert incident.start == BEGIN + timedelta(hours=31.5)
    gone, change = incident.causes[:2]
    assert (gone.kind, gone.service, change.kind) == ("silence", "backup", "change")
    assert "with 10 entries, 11 before" in gone.summary
    assert change.evidence[0].text.endswith("10 entries")


def test_a_job_that_comes_once_is_nobodys_alarm_where_nothing_is_lost(days):
    """The same days with as many entries as before: no incident."""
    assert days(11).incidents == ()
