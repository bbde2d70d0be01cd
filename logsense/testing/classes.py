"""Checks of every class that a plugin registers: how it is named, made, imported; it leaves no mark."""

import contextlib
import inspect
import io
from typing import Any

from logsense.testing.alone import HEAVY, Told, importable, module_told, told
from logsense.testing.cases import planted
from logsense.testing.frames import again, parameters, run
from logsense.testing.promise import dear, need

#: CPU seconds that an import may take, however quick the machine.
QUICK = 0.5
PLAIN = (bool, int, float, str, type(None))


def _class(plugin: Any) -> Any:
    return plugin if isinstance(plugin, type) else type(plugin)


def _signature(plugin: Any) -> list[inspect.Parameter]:
    """The keywords of the class; ``kit``, which reports are handed, is none of the author's."""
    given = inspect.signature(_class(plugin)).parameters.values()
    return [one for one in given if one.name != "kit"]


def named(plugin: Any) -> None:
    """The class has a name: lower case, without spaces."""
    name = getattr(_class(plugin), "name", None)
    need(
        isinstance(name, str)
        and name
        and name == name.lower().strip()
        and name.isprintable()
        and " " not in name,
        f"name is {name!r}",
    )


def documented(plugin: Any) -> None:
    """The docstring says Finds, Misses, Cost and Source."""
    text = _class(plugin).__doc__ or ""
    missing = [word for word in ("Finds:", "Misses:", "Cost:", "Source:") if word not in text]
    need(not missing, f"the docstring lacks {', '.join(missing)}")


def described(plugin: Any) -> None:
    """The class has a docstring of its own that says what it does."""
    text = (_class(plugin).__doc__ or "").strip()
    # A dataclass without a docstring is given its signature for one.
    need(text and not text.startswith(f"{_class(plugin).__name__}("), "say in the docstring what it does")


def parameters_documented(plugin: Any) -> None:
    """The docstring names every keyword."""
    text = _class(plugin).__doc__ or ""
    missing = [one.name for one in _signature(plugin) if f"{one.name}:" not in text]
    need(not missing, f"say what they mean, in a line each (Args): {', '.join(missing)}")


def parameters_keyword_only(plugin: Any) -> None:
    """All parameters are keyword-only and have defaults."""
    odd = [
        one.name for one in _signature(plugin) if one.kind is not one.KEYWORD_ONLY or one.default is one.empty
    ]
    need(not odd, f"keyword-only with a default, please: {', '.join(odd)}")


def parameters_stored(plugin: Any) -> None:
    """Parameters are stored as given, under their own names."""
    given = _defaults(plugin)
    made = _class(plugin)(**given)
    changed = [name for name, value in given.items() if getattr(made, name, None) is not value]
    need(not changed, f"store as given and validate in fit: {', '.join(changed)}")


def parameters_plain(plugin: Any) -> None:
    """Keywords are plain data (numbers, texts, lists and tables of them): TOML can say them."""
    odd = [name for name, value in _defaults(plugin).items() if not _plain(value)]
    need(not odd, f"numbers, texts, true and false, lists and tables only: {', '.join(odd)}")


def _defaults(plugin: Any) -> dict[str, Any]:
    """The defaults of all keywords; where a dataclass makes one anew each time (a list), what it made."""
    given = {one.name: one.default for one in _signature(plugin)}
    if all(_plain(value) for value in given.values()):
        return given
    made = _class(plugin)()
    return {name: value if _plain(value) else getattr(made, name, value) for name, value in given.items()}


def _plain(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_plain(one) for one in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _plain(one) for key, one in value.items())
    return isinstance(value, PLAIN)


def typed(plugin: Any) -> None:
    """Methods are called as the protocol says, and have type hints."""
    for name, places, keywords in next(calls for calls in CALLS if hasattr(plugin, calls[-1][0])):
        method: Any = getattr(plugin, name, None)
        need(callable(method), f"there is no method {name}")
        signature = inspect.signature(method if not isinstance(plugin, type) else getattr(plugin, name))
        placed = (None, *places) if isinstance(plugin, type) else places
        try:
            signature.bind(*placed, **dict.fromkeys(keywords))
        except TypeError as error:
            need(False, f"{name} cannot be called as the protocol says: {error}")
        hints = [one.name for one in signature.parameters.values() if one.annotation is one.empty]
        hints = [one for one in hints if one != "self"]
        hints += ["return"] if signature.return_annotation is signature.empty else []
        need(not hints, f"{name}: no type hint for {', '.join(hints)}")


#: The methods of each kind and how they are called: by place, and by keyword. The last one tells the kind.
CALLS: tuple[tuple[tuple[str, tuple[None, ...], tuple[str, ...]], ...], ...] = (
    (("fit", (None,), ()), ("detect", (None,), ())),
    (("score", (None, None), ()),),
    (("write", (None,), ("width", "color", "verbose")),),
    (("widget", (None,), ()),),
    (("fetch", (None, None, None), ()),),
    (("series", (None,), ()), ("claims", (None, None), ())),
)


@dear
def light_import(plugin: Any) -> None:
    """Importing the plugin's module loads no heavy package: that happens inside the call that needs it."""
    # A panel is loaded where Textual is already.
    heavy = [name for name in HEAVY if name != "textual" or not hasattr(plugin, "widget")]
    brought = sorted(set(heavy) & set(module_told(_class(plugin).__module__).brought))
    need(not brought, f"import inside the call that needs it: {', '.join(brought)}")


@dear
def quick_import(plugin: Any) -> None:
    """Importing the module costs no more CPU than importing logsense.api, half a second at least."""
    cost = module_told(_class(plugin).__module__)
    if hasattr(plugin, "widget"):
        return  # most of it is Textual, which is there already
    limit = max(QUICK, cost.api)
    need(cost.spent <= limit, f"the import took {cost.spent:.1f} s of CPU, more than {limit:.1f} s")


def _watched(plugin: Any) -> Told:
    keywords = {} if isinstance(plugin, type) else parameters(plugin)
    keywords.pop("kit", None)
    return told(plugin, keywords)


@dear
def nothing_written(plugin: Any) -> None:
    """It writes no file, opens no connection and starts no program, when imported or asked."""
    seen = _watched(plugin)
    need(not seen.did, f"no files, network or programs: {'; '.join(seen.did[:3])}")
    need(not seen.files, f"it wrote {', '.join(seen.files[:3])}")


@dear
def world_unchanged(plugin: Any) -> None:
    """Variables, folder, random state, locale, filters of warnings, logging and signals are as they were."""
    changed = _watched(plugin).changed
    need(not changed, f"they belong to the whole process: {', '.join(changed)}")


@dear
def no_threads_left(plugin: Any) -> None:
    """No thread goes on when a call has returned."""
    threads = _watched(plugin).threads
    need(not threads, f"still running: {', '.join(threads)}")


@dear
def same_elsewhere(plugin: Any) -> None:
    """Another interpreter with another seed of hashes makes the same of the same."""
    from logsense.testing.watched import outputs  # here: it knows how each kind is asked

    keywords = {} if isinstance(plugin, type) else parameters(plugin)
    keywords.pop("kit", None)
    here = outputs(_class(plugin), keywords)
    there = list(_watched(plugin).outputs)
    need(here == there, "sets and hashes of texts differ from process to process: sort, or use another hash")


@dear
def stdout_silent(plugin: Any) -> None:
    """Nothing is printed, from Python or beside it: stdout is data."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        _once(plugin)
    printed = out.getvalue() + err.getvalue()
    if importable(plugin) and not printed:
        printed = _watched(plugin).printed
    need(not printed, f"do not print; say it in the sentence or raise: {printed[:80]!r}")


def _once(plugin: Any) -> None:
    if hasattr(plugin, "detect") or hasattr(plugin, "score"):
        run(plugin, planted("new"))
    elif hasattr(plugin, "write"):
        from logsense.testing.analyses import busy, written

        written(plugin, busy())


def made_again(plugin: Any) -> None:
    """With its own parameters, or with its defaults, another one can be made."""
    again(plugin)
    type(plugin)()


#: How things with keywords are named, made and typed.
CONFIGURED = (
    named, parameters_keyword_only, parameters_stored, parameters_plain, parameters_documented, made_again,
    typed,
)  # fmt: skip
#: Checks that start an interpreter: only for classes that another one can import.
ALONE = (light_import, quick_import, nothing_written, world_unchanged, no_threads_left, same_elsewhere)
