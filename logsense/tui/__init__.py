"""The screens an SRE works in during an incident: the inbox, an incident, templates, lines, a comparison.

In: paths and settings. Out: nothing but what is asked for (an export, a file of verdicts). Nothing is
computed here: one frozen Analysis is shown, ``pipeline.rethink`` gives another when a window moves, and the
pipeline hands over what is known so far while files are read.

- ``app.py`` only wires: it holds the session, the trail of pages gone through, and the keys that work
  everywhere. ``session.py`` is what is known, ``reading.py`` runs the pipeline beside the screens.
- ``screens/``: a page a question, each with its ``.tcss``. ``widgets/``: what they are made of; a widget
  knows its messages, not other widgets. ``keys.py``: every key, its action and what it does, in one place:
  the footer, the help and the palette are made of it.
- Foreign text goes to the screen as pieces (``painting.py``), never as markup.
"""
