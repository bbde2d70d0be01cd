"""Messages to templates: what varies becomes a named placeholder, what stays is a template with an id.

In: KEYS, one example message of each distinct key, with ``n``, the number of its records. Out: ``Mined``:
the templates (id, text, the shapes that make each) and which key has which template.

The way, each step in a file of its own, all on distinct things, nothing per line:

1. ``masks``: what varies by its form alone (numbers, addresses, paths, times, ...) becomes a private
   character. What states a cause is never masked: a status, an exit code, an errno, the name of an error.
   Masks that plugins declare (``declared``) come before ours; what they name stays named.
   ``fold`` spares the masks what differs only in crowded words, where there are 10,000 messages or more.
2. ``shape``: signs and words apart, all placeholders alike, runs of them as one.
3. ``column``: above 2,000 shapes, words are blanked where more than 50 stood in one context.
4. ``merge``: shapes that differ in one word are joined where enough words stood there. How many is enough
   depends on the position (behind ``user``, behind ``=``, first), on the look of the words, and grows with
   the number of records. Words that state causes stay apart.
5. ``crowd``: Drain3, only for skeletons with 20 shapes or more that nothing else joined.
6. ``text``: the text of a template is an example message with its masked parts named: ``<num>``, ``<ip>``,
   ``<id>``, ``<path>``, ``<time>``, ``<hex>``, ``<url>``, ``<uuid>``, ``<mac>``, ``<host>``, ``<size>``,
   ``<dur>``, ``<query>``, ``<bool>``, ``<email>``; ``<str>`` where examples disagree or words varied.

Promises:

- The result is a pure function of the set of (message, n): no order of rows, blocks or threads matters.
- A template's id is a hash of its shape (its words with untyped placeholders), the same in every run. More
  data may make a template more general; its shapes still say what it was made of.
- At most 5,000 shapes make templates of their own; what is beyond joins one of these or, where none fits,
  the one template ``<unparsed>``, whose records are counted in ``Mined.unparsed``.
- Of a message of several lines the first is mined, and the detail that stands behind ``⏎``.

``shapes`` gives the shapes of messages by themselves, ``parameters`` the values at a template's placeholders,
``explain`` records with their template and values, ``told`` what is mined of a record.
"""

from logsense.mine.explain import explain, told
from logsense.mine.masks.declared import Masks, declared
from logsense.mine.parameters import parameters
from logsense.mine.run import UNPARSED, Mined, mine, shapes

__all__ = ["UNPARSED", "Masks", "Mined", "declared", "explain", "mine", "parameters", "shapes", "told"]
