"""What names tell: the set, the age in it, the service."""

import pytest

from logsense.read.rotation import marks, service

SETS = [
    ["app.log.10.gz", "app.log.2.gz", "app.log.1", "app.log"],
    ["app.log-20251231.gz", "app.log-20260101", "app.log"],
    ["app-20260101.log", "app-20260102.log", "app.log"],
    ["app.2026-01-01.0.log.gz", "app.2026-01-01.1.log.gz", "app.2026-01-02.0.log", "app.log"],
    ["app.log.2026-01-01_09", "app.log.2026-01-01_10", "app.log"],
    ["app.log.20260102-030405.gz", "app.log"],
    ["app_20260102_030405.log", "app_20260102_040000.log"],
    ["app.log.old", "app.log"],
    ["app.2.log", "app.1.log", "app.log"],
    ["2026-01-01_app.log", "2026-01-02_app.log", "app.log"],
]


@pytest.mark.parametrize("names", SETS, ids=lambda names: str(names[0]))
def test_a_rotated_set_is_one_and_sorted_by_age(names: list[str]) -> None:
    """The names share a base, whose service is app, and sort oldest first."""
    assert {marks(name, names).base for name in names} == {"app.log"}
    assert sorted(set(names), key=lambda name: marks(name, names).age) == names
    assert service("app.log") == "app"


@pytest.mark.parametrize(
    "name,base",
    [
        ("worker-1.log", "worker-1.log"), ("node2.log", "node2.log"), ("web.1.log", "web.1.log"),
        ("messages-20260102", "messages"), ("messages.1", "messages"), ("syslog.2.gz", "syslog"),
        ("api-v1.2.log", "api-v1.2.log"), ("10.0.0.12.log", "10.0.0.12.log"), ("app.log.zst", "app.log"),
        ("build-12345678.log", "build-12345678.log"),
    ],
)  # fmt: skip
def test_only_marks_of_rotation_are_taken_off(name: str, base: str) -> None:
    """A number that tells one instance from another stays."""
    assert marks(name).base == base


@pytest.mark.parametrize(
    "base,folders,expected",
    [
        ("shop.out.log", (), "shop"), ("syslog", (), "syslog"), ("x.JSON", (), "x"), (".log", (), "log"),
        ("0.log", ("ns_shop-7d9_1", "shop"), "shop"), ("stdout", ("job",), "job"),
        ("0.log", (), "0"),
        ("shop-7d9f_prod_web-" + "0a" * 32 + ".log", (), "web"),
        ("0a" * 32 + "-json.log", (), "0a0a0a0a0a0a"),
        ("my.service.log", (), "my.service"),
        ("error.log", ("nginx",), "error"),
    ],
)  # fmt: skip
def test_service_of_a_name(base: str, folders: tuple[str, ...], expected: str) -> None:
    """Endings go; a name that says nothing gives way to its folder; runtimes name the container."""
    assert service(base, folders) == expected
