"""Redaction: what must go goes, what helps stays, the same value stays the same, no line can stop it."""

# ruff: noqa: E501 - rows of data read better long than broken

import importlib.util
import json
import time
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from logsense import report
from logsense.analysis import Evidence
from logsense.redact import Redactor, analysis, redact

# Built from pieces, so that no scanner of repositories takes the examples for real ones.
GITHUB, SLACK, STRIPE = (
    "ghp" + "_" + "a1B2" * 9,
    "xoxb" + "-1234567890-abcdefAB",
    "sk" + "_live_" + "a1B2" * 6,
)
JWT = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0" + ".c2lnbmF0dXJl"
PEM = "-----BEGIN RSA " + "PRIVATE KEY-----"
BODY = "MIIEowIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun"


@pytest.mark.parametrize(
    "text,wanted",
    [
        ("login password=hunter2, host=db-1", "login password=<password-1>, host=db-1"),
        ("DB_PASSWORD: 'a b, c' next", "DB_PASSWORD: '<password-1>' next"),
        (r'{"password": "a\"b c", "n": 3}', '{"password": "<password-1>", "n": 3}'),
        (r'msg="{\"password\":\"x1y2\",\"k\":1}"', r'msg="{\"password\":\"<password-1>\",\"k\":1}"'),
        ("password=a,b;c&d, next", "password=<password-1>, next"),
        ("pwd=x9;server=db", "pwd=<password-1>;server=db"),
        ("(api_key=zz9) X-Api-Key: k1", "(api_key=<secret-1>) X-Api-Key: <secret-2>"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7+x", "aws_secret_access_key = <secret-1>"),
        ("AccountKey=Eby8vdM02==;EndpointSuffix=x", "AccountKey=<secret-1>;EndpointSuffix=x"),
        ("GET /x?access_token=abc%2F&se=1&sig=q%2B1&v=2", "GET /x?access_token=<token-1>&se=1&sig=<token-2>&v=2"),
        ("run --token abc123 --password hunter2 -v", "run --token <secret-1> --password <password-1> -v"),
        ("curl -u bob:pw12 http://a", "curl -u bob:<password-1> http://a"),
        ("Authorization: Bearer abc.def-1, Accept: a", "Authorization: Bearer <authorization-1>, Accept: a"),
        ('Authorization: Digest username="b", nonce="c"', "Authorization: <authorization-1>"),
        ('"authorization": ["Basic dXNlcjpw"]', '"authorization": ["Basic <authorization-1>"]'),
        ("sent bearer a1b2c3d4e5 on", "sent bearer <token-1> on"),
        ("Set-Cookie: sid=abc; Path=/", "Set-Cookie: <cookie-1>"),
        ("dsn postgres://app:s3/c@r3t@db:5432/x", "dsn postgres://app:<password-1>@db:5432/x"),
        ("redis://:p/w@cache:6379", "redis://:<password-1>@cache:6379"),
        (f"a {JWT} b", "a <token-1> b"),
        (f"a {GITHUB} {SLACK} {STRIPE} AKIAIOSFODNN7EXAMPLE b", "a <token-2> <token-3> <token-4> <token-1> b"),
        ("key AIza" + "Sy" * 17 + "x.", "key <token-1>."),
        (f"{PEM}\nMIIE\n-----END RSA PRIVATE KEY-----\nafter", "<private-key-1>\nafter"),
        (f"{PEM}\nMIIE cut", "<private-key-1>"),
        (BODY, "<private-key-1>"),
        ("to alice@mail.example.com, bob%40example.org", "to <email-1>, <email-2>"),
        ("'mallory@exam… said", "'<email-1>… said"),
        ("from 10.0.0.12:443 and [2001:db8::7334]:80.", "from <ip-1>:443 and [<ip-2>]:80."),
        ("peer fe80::1: gone, ip-10-0-0-7", "peer <ip-2>: gone, <ip-1>"),
        ("user=alice login: bob, 'username': 'carol'", "user=<user-1> login: <user-2>, 'username': '<user-3>'"),
        ("Failed password for invalid user carol from 1.2.3.4 port 2", "Failed password for invalid user <user-1> from <ip-1> port 2"),
        ("session opened for user dora(uid=7) by erin(uid=0)", "session opened for user <user-1>(uid=7) by <user-2>(uid=0)"),
        (r"/home/dave/x C:\Users\Eve\y", r"/home/<user-1>/x C:\Users\<user-2>\y"),
        ("card 4111 1111 1111 1111 ok 378282246310005", "card <card-1> ok <card-2>"),
        ("IBAN DE89 3704 0044 0532 0130 00 PAID", "IBAN <iban-1> PAID"),
        ("phone=+49 170 1234567 ok", "phone=<phone-1> ok"),
    ],
)  # fmt: skip
def test_what_must_go_goes(text, wanted):
    """Secrets and personal data become placeholders; what stands around them stays, letter by letter."""
    assert redact(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Invalid password: too short", "unexpected token: found '}'", "token: expired", "max_tokens=4096 tokens=5",
        "password=<str> token=<hex> user=<user-3>", "password=**** secret=[REDACTED] token=null",
        "tests pass=3 fail=2", "GPIO pin 4, pin=13", "[Times: user=0.05 sys=0.00]", "PWD=/srv/app ; COMMAND=ls",
        "getty@tty1.service started", "clone git@github.com:a/b", "lodash@4.17.21.tgz", "http://h:8080/a?x=1",
        "listening on 127.0.0.1:80 [::1]:80 0.0.0.0:9", "v1.2.3.4 version 1.2.3.4 oid 1.3.6.1.4.1.9", "12:34:56 std::map a::",
        "aa:bb:cc:dd:ee:ff", "order 4111111111111112 at 1700000000000000", "call 5551234567",
        "session opened for user root(uid=0)", "/home/ubuntu/x /home/*/y", "Authorization: required", "cookie: missing",
        "bearer authentication failed", "sha256 " + "ab12" * 16, "ab12" * 16,
    ],
)  # fmt: skip
def test_what_helps_stays(text):
    """Masked values, placeholders, words of a sentence, versions, times and accounts of programs are no finds."""
    assert redact(text) == text


def test_the_same_value_is_the_same_placeholder():
    """Within one export a value keeps its placeholder, whichever rule finds it; others get others."""
    one = Redactor()
    assert one.redact(f"token={JWT} for bob@x.org") == "token=<token-1> for <email-1>"
    assert one.redact(f"bob@x.org sent {JWT}, eve@x.org not") == "<email-1> sent <token-1>, <email-2> not"
    assert one.counts == {"token": 1, "email": 2}
    assert one.summary() == "redacted: 1 token, 2 e-mail addresses"
    assert Redactor().redact("eve@x.org") == "<email-1>"


def test_redacting_twice_changes_nothing_more():
    """What was redacted is left as it is."""
    text = f"user=bob password=x1 from 10.0.0.1, bob@x.org, {JWT}, Cookie: a=b"
    once = redact(text)
    assert "bob" not in once
    assert redact(once) == once


SEEDS = (
    "a", "1", " ", ":", "_", "@", "a@", "a@b.", "%40", "://", "://a:", "://a:b", "eyJ", "eyJa.", PEM, "-----", "authorization:",
    "bearer ", "cookie: a", "password=", 'password="', 'password="\\', "token=&a", "secret=,a", "password=a)", "1.", "1.2.3.4.",
    "::", "f:", "4 ", "411111111111 ", "AA00 ", "AA00AAAA", "user=", "/home/", "c:\\users\\", "phone: 1 ", "x=", " -u a", "--",
    "--token ", "sk-", "xoxb-", "ghp_", "ip-1-", "…", "a…", "A1a/", "\n", "key=\\", '\\"', "pwd pwd=/", "<a>", "invalid user ",
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_no_line_can_stop_it(seed):
    """100 kB of anything takes seconds at most: steps a character are bounded, on any input.

    A pattern that goes back over a run again and again would need minutes here.
    """
    line = (seed * (100_000 // len(seed) + 1))[:100_000]
    begun = time.process_time()
    for tail in ("", "!", "@x.yz\n"):
        redact(line + tail)
    assert time.process_time() - begun < 20


def _made():
    path = Path(__file__).parent / "report" / "conftest.py"
    spec = importlib.util.spec_from_file_location("analyses", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.noisy()


@pytest.fixture
def leaky():
    """An analysis with something to hide in a line, a sentence, a name, a frame and what is fetched."""
    made = _made()
    first = made.incidents[0]
    line = Evidence("home/alice/a.log", 3, None, "user=alice password=hunter2 from 198.51.100.7")
    cause = replace(
        first.causes[0], evidence=(line,), summary="refused alice@example.com", service="198.51.100.7"
    )
    incident = replace(first, causes=(cause,), services=("198.51.100.7",), summary="198.51.100.7 is down")
    sources = made.sources.with_columns(path=pl.lit("/home/alice/a.log"))
    templates = made.templates.with_columns(
        example=pl.lit("mail alice@example.com"), shapes=pl.lit(["x alice@example.com"])
    )
    view = replace(made.view, templates=templates, sources=sources)
    return replace(
        made, incidents=(incident,), sources=sources, view=view, book=lambda: None,
        fetch=lambda source, line, count: ["password=hunter2 of alice@example.com"],
    )  # fmt: skip


@pytest.mark.parametrize("name", ["Terminal", "Markdown", "Json", "Ndjson"])
def test_no_report_shows_what_was_redacted(leaky, name):
    """Whatever reporter writes, at its most verbose: nothing of it is there, and the note says what was."""
    import logsense_reporters

    redacted, counts = analysis(leaky)
    text = "".join(
        report.write(getattr(logsense_reporters, name), redacted, width=160, verbose=2, explain=True)
    )
    text += json.dumps(report.templates(redacted))
    for secret in ("alice", "hunter2", "198.51.100.7"):
        assert secret not in text
    assert counts == {"password": 1, "email": 1, "ip": 1, "user": 1}
    assert "1 password, 1 e-mail address, 1 IP address, 1 user name" in " ".join(
        text.replace("\\", "").split()
    )


def test_only_texts_change(leaky):
    """Ids, kinds, scores, times, counts and the exit code are those of the analysis; that one stays as it was."""
    redacted, _ = analysis(leaky)
    before, after = leaky.incidents[0], redacted.incidents[0]
    assert after.summary == "<ip-1> is down"
    assert after.services == (after.causes[0].service,) == ("<ip-1>",)
    assert (after.id, after.kind, after.score, after.start) == (
        before.id,
        before.kind,
        before.score,
        before.start,
    )
    assert after.causes[0].template_id == before.causes[0].template_id
    assert redacted.templates["template"].equals(leaky.templates["template"])
    assert redacted.templates["count"].equals(leaky.templates["count"])
    assert redacted.exit_code == leaky.exit_code
    assert leaky.incidents[0].summary == "198.51.100.7 is down"


def test_what_is_fetched_later_is_redacted_too(leaky):
    """Lines on demand have the same placeholders; the book, which holds the original lines, is gone."""
    redacted, _ = analysis(leaky)
    assert redacted.fetch(0, 1, 1) == ["password=<password-1> of <email-1>"]
    assert redacted.book is None


def test_nothing_to_redact_is_said():
    """A reader must know that it was tried."""
    redacted, counts = analysis(_made())
    assert counts == {}
    assert redacted.notes[-1] == "redacted: nothing was found that had to be"
