"""Drain3 on crowded skeletons: free text that nothing else joins.

Only shapes of the same signs and length, and only where many are left apart: elsewhere Drain joins what
should stay apart. It is fed sorted shapes in a fresh instance, so that the result depends on the set alone.
Source of the method: He et al., Drain: An Online Log Parsing Approach with Fixed Depth Tree, ICWS 2017.
"""

from collections import defaultdict
from collections.abc import Mapping

from logsense.mine.marks import ANY
from logsense.mine.merge import Steps, Tokens
from logsense.mine.words import is_word, states_cause

#: A skeleton is crowded with so many shapes; measured: at 5 it costs accuracy, at 20 it costs none.
CROWD = 20
#: Share of words two shapes must have in common.
ALIKE = 0.6
#: Words a skeleton must have: of three words two are no resemblance.
LONG = 5
#: Shapes of one skeleton that are looked at: Drain compares each with all before it.
MOST = 600


def crowds(shapes: Mapping[Tokens, int], steps: Steps) -> dict[Tokens, int]:
    """Templates after Drain has joined what is alike in crowded skeletons; fills ``steps``."""
    groups: dict[Tokens, list[Tokens]] = defaultdict(list)
    for shape in sorted(shapes):
        # What states a cause belongs to the skeleton, so that Drain cannot blank it.
        groups[tuple("w" if is_word(t) and not states_cause(t) else t for t in shape)].append(shape)
    crowded = {
        bones: group for bones, group in groups.items() if len(group) >= CROWD and bones.count("w") >= LONG
    }
    out = dict(shapes)
    for bones in sorted(crowded):
        for shape, blanked in _drained(bones, crowded[bones][:MOST]).items():
            n = out.pop(shape)
            joined = steps.take(shape, blanked)
            out[joined] = out.get(joined, 0) + n
    return out


def _drained(bones: Tokens, shapes: list[Tokens]) -> dict[Tokens, Tokens]:
    """Shape -> blanked shape, for those that Drain changed."""
    from drain3.drain import Drain  # deferred: it costs 60 ms, and few runs have a crowd

    drain = Drain(
        depth=4, sim_th=ALIKE, max_children=len(shapes) + 2, param_str=ANY, parametrize_numeric_tokens=False
    )
    places = [at for at, bone in enumerate(bones) if bone == "w"]
    homes = {shape: drain.add_log_message(" ".join(shape[at] for at in places))[0] for shape in shapes}
    out = {}
    for shape, home in homes.items():
        blanked = list(shape)
        for at, word in zip(places, home.log_template_tokens, strict=True):
            blanked[at] = word
        if tuple(blanked) != shape:
            out[shape] = tuple(blanked)
    return out
