"""Writes a new plugin: a package that works, tests itself and can be published as it stands.

In: a kind and a name. Out: a folder with pyproject, code, tests that run the conformance kit, README, licence
and CI. Everything comes from ``templates/`` in this package: no network, no template of another repository
that goes stale unseen; the tests write each kind, run its tests and check it.

``templates/shared`` is written for every kind, ``templates/KIND`` beside it; ``kind.toml`` there fills
README and pyproject. Placeholders are ``@@{name}``; see ``Plan.words`` for what there is.

Promises: nothing is overwritten, a folder is written whole or not at all, and a name that cannot be published
or imported, or that is taken, is refused with what to do.
"""

from logsense.scaffold.names import KINDS, Plan, plan, slug_of
from logsense.scaffold.write import write

__all__ = ["KINDS", "Plan", "plan", "slug_of", "write"]
