"""Every key, its action and what it does: the footer, the help and the palette are made of these.

Each has an id, so that a user can give it another key. Esc goes up and never ends the program.
"""

import re
from collections.abc import Mapping

from textual.binding import Binding


def key(keys: str, action: str, does: str, about: str, *, shown: bool = True, display: str = "") -> Binding:
    """One entry. does: what the footer says; about: what the help says."""
    return Binding(keys, action, does, show=shown, tooltip=about, id=_id(action), key_display=display or None)


def _id(action: str) -> str:
    """The name of an action with what it is given: ``jump('found',-1)`` is jump-found-minus-1."""
    name, _, given = action.partition("(")
    words = [name.rpartition(".")[2], *re.findall(r"-?[\w.]+", given)]
    plain = (re.sub(r"^-(?=\d)", "minus-", word).replace("0.5", "half") for word in words)
    return "-".join(re.sub(r"[_.]", "-", word) for word in plain)


#: On every page.
EVERYWHERE = (
    key(
        "escape", "up", "up", "one level up; on the inbox nothing, and never out", shown=False, display="esc"
    ),
    key("question_mark,f1", "about", "help", "what can be done here, key by key", display="?"),
    key("1", "open('inbox')", "inbox", "the incidents, most important first", shown=False),
    key("2", "open('templates')", "templates", "what the logs say, and how often", shown=False),
    key("3", "open('lines')", "lines", "the lines of all files, in order of time", shown=False),
    key("4", "open('compare')", "compare", "two windows side by side: new, gone, more, fewer", shown=False),
    key("5", "open('panels')", "panels", "what plugins show of these logs", shown=False),
    key("f", "open('files')", "files", "what was read, what was not and why", shown=False),
    key("minus,less_than_sign", "step_back", "back", "the page before this one", shown=False, display="-"),
    key(
        "greater_than_sign",
        "step_forward",
        "forward",
        "the page that was gone back from",
        shown=False,
        display=">",
    ),
    key("c", "copy", "copy", "the text under the cursor to the clipboard, over ssh too", shown=False),
    key("o", "export", "export", "write what was found to a file, for others to read", shown=False),
    key("Y", "copy_command", "command", "copy the command that opens this very view", shown=False),
    key("ctrl+p,colon", "command_palette", "palette", "find any action by name", shown=False, display=":"),
    key("tab", "app.focus_next", "next pane", "the keys go to the next part of the page", shown=False),
    key("shift+tab", "app.focus_previous", "pane before", "the keys go to the part before", shown=False),
    key("q,ctrl+q,ctrl+c", "leave", "quit", "leave; nothing is lost but the place", display="q"),
)

#: In a window above a page.
MODAL = (key("escape", "dismiss_window", "close", "back to the page", display="esc"),)

#: In every list.
LISTING = (
    key("enter", "choose", "open", "open what is under the cursor", display="⏎"),
    key("down,j", "move(1)", "down", "one down", shown=False, display="j ↓"),
    key("up,k", "move(-1)", "up", "one up", shown=False, display="k ↑"),
    key("pagedown,ctrl+f,space", "page(1)", "page down", "a screen down", shown=False, display="pgdn"),
    key("pageup,ctrl+b", "page(-1)", "page up", "a screen up", shown=False, display="pgup"),
    key("ctrl+d", "page(0.5)", "half down", "half a screen down", shown=False),
    key("ctrl+u", "page(-0.5)", "half up", "half a screen up", shown=False),
    key("home", "top", "first", "the first", shown=False),
    key("end,G", "bottom", "last", "the last", shown=False),
    key("right", "aside(20)", "right", "what lies to the right of long rows", shown=False, display="→"),
    key("left", "aside(-20)", "left", "back to the left", shown=False, display="←"),
)

#: Where something is typed.
PROMPT = (
    key("escape", "leave_prompt", "leave", "all stays as it was", display="esc"),
    key("up", "recall(1)", "earlier", "what was typed before", display="↑"),
    key("down", "recall(-1)", "later", "what was typed after that", shown=False, display="↓"),
)

#: Where findings are judged.
VERDICTS = (
    key("plus", "app.judge('real')", "real", "say that this is real: it stays, marked", display="+"),
    key("x", "app.judge('noise')", "noise", "say that this is noise: not shown again"),
    key("m", "app.judge('expected')", "expected", "say that this is expected until a date: muted up to then"),
    key("u", "app.undo", "undo", "take the last verdict back", shown=False),
)

INBOX = (
    key("s", "stop", "stop reading", "end reading; what is known so far is judged", shown=False),
    key("v", "muted", "muted", "show what verdicts mute, or hide it again", shown=False),
)

# -- an incident --------------------------------------------------------------------------------------
INCIDENT = (
    key("n", "turn(1)", "next", "the next incident"),
    key("p", "turn(-1)", "before", "the incident before", shown=False),
    key("w", "side('why')", "why", "what the scores are made of, term by term"),
    key("g", "side('spread')", "services", "who calls whom, and how the fault spread"),
    key("t", "side('after')", "follows", "what followed, and which changes were seen before"),
    key("e", "error", "error", "the next error among the lines of evidence"),
    key("s", "only", "only it", "evidence of this service only, or of all again"),
    key("left_square_bracket", "border('suspect','start')", "suspect from",
        "the suspect window begins at the cursor of the timeline", shown=False, display="["),
    key("right_square_bracket", "border('suspect','end')", "suspect to",
        "the suspect window ends at the cursor of the timeline", shown=False, display="]"),
    key("left_curly_bracket", "border('usual','start')", "normal from",
        "the normal window begins at the cursor of the timeline", shown=False, display="{"),
    key("right_curly_bracket", "border('usual','end')", "normal to",
        "the normal window ends at the cursor of the timeline", shown=False, display="}"),
    key("shift+left", "slide('suspect',-1)", "suspect earlier", "the suspect window one column earlier",
        shown=False, display="⇧←"),
    key("shift+right", "slide('suspect',1)", "suspect later", "the suspect window one column later",
        shown=False, display="⇧→"),
    key("ctrl+left", "slide('usual',-1)", "normal earlier", "the normal window one column earlier",
        shown=False, display="^←"),
    key("ctrl+right", "slide('usual',1)", "normal later", "the normal window one column later",
        shown=False, display="^→"),
    key("0", "chosen", "windows back", "the windows as logsense chose them", shown=False),
)  # fmt: skip

#: On a timeline.
TIMELINE = (
    key("left,h", "look(-1)", "earlier", "the cursor one column earlier", display="←"),
    key("right,l", "look(1)", "later", "the cursor one column later", display="→"),
    key("pageup", "look(-10)", "much earlier", "ten columns earlier", shown=False, display="pgup"),
    key("pagedown", "look(10)", "much later", "ten columns later", shown=False, display="pgdn"),
)

# -- templates ------------------------------------------------------------------------------------------
TEMPLATES = (
    key("slash,ampersand", "narrow", "filter", "show only what fits; shown while it is typed", display="/"),
    key("s", "sort(False)", "sort", "by the next column"),
    key("S", "sort(True)", "turn", "the other way round", shown=False),
    key("i", "only('service')", "only service", "only what the service of this template says", shown=False),
    key("X", "only('-service')", "not service", "leave the service of this template out", shown=False),
    key("D", "only('-template')", "not this", "leave this template out", shown=False),
    key("backspace", "widen", "drop filter", "take the last part of the filter off", shown=False),
    key("R", "reset", "reset", "all templates, most frequent first", shown=False),
)


TEMPLATE = (key("l", "lines", "its lines", "all of its lines on the lines page, where they can be searched"),)

# -- lines -----------------------------------------------------------------------------------------------
LINES = (
    key("slash", "find", "find", "search the lines with a pattern (Rust regex)", display="/"),
    key("n", "jump('found',1)", "next", "the next match", shown=False),
    key("N", "jump('found',-1)", "match before", "the match before", shown=False),
    key("e", "jump('error',1)", "error", "the next error", display="e"),
    key("E", "jump('error',-1)", "error before", "the error before", shown=False),
    key("w", "jump('warning',1)", "warning", "the next warning", shown=False),
    key("W", "jump('warning',-1)", "warning before", "the warning before", shown=False),
    key("a", "jump('anomaly',1)", "anomaly", "the next line of an anomaly"),
    key("A", "jump('anomaly',-1)", "anomaly before", "the line of an anomaly before", shown=False),
    key("s", "jump('pause',1)", "pause", "the next line after a long pause", shown=False),
    key("S", "jump('pause',-1)", "pause before", "the line after a long pause before", shown=False),
    key("g", "go_to", "go to", "go to a time, a share of the way, an incident; g again for the top"),
    key(
        "ampersand", "narrow", "filter", "show only lines that fit; previewed while it is typed", display="&"
    ),
    key("backspace", "widen", "drop filter", "take the last filter off", shown=False),
    key("H", "set_aside", "filters on/off", "set all filters aside, or back, in the same place", shown=False),
    key("R", "reset", "reset", "no filters, no zoom, no search", shown=False),
    key("z", "zoom(0.5)", "zoom", "only half of the time around here", shown=False),
    key("Z", "zoom(2)", "zoom out", "twice the time around here", shown=False),
    key(
        "i", "follow", "follow id", "only lines with an id of this one, over all services; again: the next id"
    ),
    key(
        "r", "raw", "whole lines", "lines as they are, or less the time that stands before them", shown=False
    ),
    key("v", "edit('editor')", "editor", "open the file in $EDITOR at this line", shown=False),
    key("V", "edit('pager')", "pager", "open the file in $PAGER at this line", shown=False),
)

# -- a comparison ----------------------------------------------------------------------------------------
COMPARE = (
    key("n", "turn(1)", "incident", "the window after is the next incident"),
    key("p", "turn(-1)", "incident before", "the window after is the incident before", shown=False),
    key("b", "type('before')", "before", "type the window that is normal"),
    key("a", "type('after')", "after", "type the window that is compared with it"),
    key("N", "kind('new')", "new", "show what is new, or hide it", shown=False),
    key("X", "kind('gone')", "gone", "show what is gone, or hide it", shown=False),
    key("M", "kind('more')", "more", "show what is more, or hide it", shown=False),
    key("W", "kind('fewer')", "fewer", "show what is fewer, or hide it", shown=False),
    key("s", "kind('same')", "same", "show what is the same, too, or hide it"),
    *(one for one in INCIDENT if one.action.startswith(("border", "slide", "chosen"))),
)


def groups() -> Mapping[str, tuple[Binding, ...]]:
    """All of the above by the name of their group, for documents and for keys of one's own."""
    return {
        name.lower(): value
        for name, value in globals().items()
        if name.isupper() and isinstance(value, tuple)
    }
