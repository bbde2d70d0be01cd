"""The records of a run, in order of time, and their own lines on demand: what is looked at by people.

In: settled records (source, line, time, key), what each key says of level, service and template, and
callables that read files. Out: ``Records``, which is an ``analysis.Book``.

- ``index.py``: a row a record, 24 bytes each: time, place, a number for (level, service, template). In
  memory while a run is small, else in files of the scratch that are mapped: memory does not grow with it.
- ``book.py``: pages, conditions, moments and places; texts come from pieces of files, kept for a while.
- ``search.py``: a pattern looked for in the files block by block, in linear time.
- ``values.py``: what stood at the placeholders of a template.

Promises: order is that of (time, source, line), a record without a time comes where the one before it in
its file does; every record of the run is there once; nothing is done per line in Python.
"""

from logsense.browse.book import Files, Records
from logsense.browse.index import Index, index

__all__ = ["Files", "Index", "Records", "index"]
