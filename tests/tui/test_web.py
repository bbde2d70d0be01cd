"""``logsense tui --web``: this machine alone, with the key alone, and the paths are words, not commands."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing

import pytest

from logsense.tui.start import web

ODD = "a b'c\"d$(touch pwned)`x`;&|*[/foo]"


def test_the_command_of_a_visitor_is_words():
    """Blanks, quotes and $(…) in a path reach the program as they are, through the shell that starts it."""
    line = web.command(["--since=-2h", "--", f"/tmp/{ODD}"])
    probe = line.replace(shlex.join([sys.executable, "-m", "logsense.cli.main"]), "printf '%s\\n'")
    done = subprocess.run(["sh", "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["tui", "--since=-2h", "--", f"/tmp/{ODD}"]


def test_without_the_package_it_says_what_to_install(tmp_path):
    """Where textual-serve is not installed: exit 2 and the command that installs it."""
    probe = (
        "import sys; sys.modules['textual_serve'] = None\n"
        f"from logsense.cli.main import main; sys.exit(main(['tui', '--web', {str(tmp_path)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'logsense-aiops[web]'" in done.stderr


def test_a_pipe_cannot_be_read_for_each_visitor():
    """- with --web is wrong usage."""
    command = [sys.executable, "-m", "logsense.cli.main", "tui", "--web", "-"]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "save it to a file" in done.stderr


@pytest.fixture
def served(tmp_path) -> Iterator[tuple[int, str]]:
    """A server on logs whose path holds all that a shell would act on: its port and its address."""
    pytest.importorskip("textual_serve", reason="needs textual-serve (the extra: web)")
    folder = tmp_path / ODD.replace("/", "∕")
    folder.mkdir()
    (folder / "web.log").write_text("2026-01-01 10:00:00 INFO web all is well\n" * 20, encoding="utf-8")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "logsense.cli.main", "tui", "--web", f"--port={port}", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    try:
        said = process.stderr.readline()
        found = re.search(r"http://\S+", said)
        assert found, said + process.stderr.read()
        yield port, found[0]
    finally:
        process.terminate()
        process.wait()
        process.stderr.close()
    assert not (tmp_path / "pwned").exists()


def status(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_it_serves_this_machine_with_the_key_alone(served):
    """It listens on 127.0.0.1; without the key, with another site's name or origin nothing is served."""
    port, address = served
    bare = f"http://127.0.0.1:{port}/"
    jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    answer = jar.open(address, timeout=60)
    page = answer.read().decode()
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]  # no font of another site
    assert f"ws://127.0.0.1:{port}/ws" in page
    assert status(bare) == status(f"{bare}ws") == status(f"{bare}static/") == status(f"{bare}?key=x") == 403
    assert status(address, Host=f"evil.example:{port}") == 403
    assert status(address, Origin="http://evil.example") == 403
    with open("/proc/net/tcp") as v4, open("/proc/net/tcp6") as v6:  # noqa: PTH123 - two files in one with
        local = [row.split()[1] for row in [*v4, *v6] if row.split()[3] == "0A"]
    assert [one for one in local if one.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


async def test_a_visitor_sees_the_screens(served):
    """With the key's cookie a browser gets the screens of just these logs."""
    aiohttp = pytest.importorskip("aiohttp", reason="needs textual-serve (the extra: web)")
    port, address = served
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address without a name
    end = time.monotonic() + 90
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        await session.get(address)
        async with session.ws_connect(f"http://127.0.0.1:{port}/ws?width=100&height=30") as socket_:
            seen = b""
            while b"20 lines" not in seen:
                assert time.monotonic() < end, seen[-800:]
                message = await socket_.receive(timeout=90)
                seen += message.data if isinstance(message.data, bytes) else str(message.data).encode()
            await socket_.send_str(json.dumps(["stdin", "q"]))
