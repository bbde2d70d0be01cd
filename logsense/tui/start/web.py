"""The same screens in a browser on this machine, by textual-serve (the extra ``web``).

Four things are not left to it. It gives the command of a visitor to a shell, so every word is quoted. It
would listen where it is told to: it is told 127.0.0.1 and nothing else. And it serves whoever connects:
other users of the machine, and pages of other sites that make the browser connect to this port. So each
run makes a key, which the address it prints holds; without it nothing is served. And its page loads a font
from another site: the browser is told to load nothing from elsewhere.
"""

import hmac
import secrets
import shlex
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from logsense.errors import UsageError

HOST = "127.0.0.1"
#: A visitor's process finds this in its environment: textual-serve sets it.
DRIVER = "textual.drivers.web_driver:WebDriver"

#: What the page may load: its own files. That of textual-serve asks another site for a font, which would
#: tell that site of each visit, and wait where there is no network.
_SOURCES = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self' ws://{here}"
)


def command(arguments: Sequence[str]) -> str:
    """The command of a visitor: this very program with these words, as one line for a POSIX shell."""
    return shlex.join([sys.executable, "-m", "logsense.cli.main", "tui", *arguments])


def serve(arguments: Sequence[str], port: int, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; UsageError where textual-serve is not installed or the port is taken."""
    try:
        from textual_serve.server import Server
    except ImportError as error:
        msg = "--web needs textual-serve, which is not installed: pip install 'logsense-aiops[web]'"
        raise UsageError(msg) from error
    key = secrets.token_urlsafe(24)
    server = _guarded(Server, key, say)(command(arguments), HOST, port, title="logsense")
    try:
        server.serve()
    except OSError as error:
        msg = f"port {port} of {HOST} cannot be served: {error.strerror}; choose another: --port N"
        raise UsageError(msg) from error


def _guarded(base: type[Any], key: str, say: Callable[[str], None]) -> type[Any]:
    """The server with a guard before all that it serves."""
    from aiohttp import web

    # The base comes without types, and only where the extra is installed.
    class Guarded(base):  # type: ignore[misc]  # it is known at run time alone
        """Serves nobody without the key."""

        async def _make_app(self) -> web.Application:
            app: web.Application = await super()._make_app()
            app.middlewares.append(_guard(key, self.port))
            return app

        async def on_startup(self, app: web.Application) -> None:
            """Instead of Textual's logo: the command it prints would be read as markup."""
            del app
            say(f"logsense: open http://{HOST}:{self.port}/?key={key}")
            say("logsense: only this machine can, and only with that key; Ctrl-C ends")

        def initialize_logging(self) -> None:
            """None: its log would show values of variables, that is lines of the logs."""

    return Guarded


def _guard(key: str, port: int) -> Callable[..., Awaitable[Any]]:
    from aiohttp import web

    here = f"{HOST}:{port}"
    cookie = f"logsense-{port}"  # cookies know no ports: two runs must not take each other's

    @web.middleware
    async def guard(request: web.Request, handler: Callable[..., Awaitable[Any]]) -> Any:
        origin = request.headers.get("Origin")
        if request.host != here or origin not in (None, f"http://{here}"):
            raise web.HTTPForbidden(text="this is served to its own machine and its own pages alone")
        given = request.query.get("key")
        if request.path == "/" and given and hmac.compare_digest(given.encode(), key.encode()):
            answer = web.HTTPFound("/")
            answer.set_cookie(cookie, key, httponly=True, samesite="Strict")
            return answer
        if not hmac.compare_digest(request.cookies.get(cookie, "").encode(), key.encode()):
            raise web.HTTPForbidden(text="open the address that logsense printed: it holds a key")
        answer = await handler(request)
        if not answer.prepared:
            answer.headers["Content-Security-Policy"] = _SOURCES.format(here=here)
        return answer

    return guard
