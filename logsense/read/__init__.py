r"""Paths → sources → blocks of whole, clean lines.

In: PATH… as given: files, directories, patterns, ``-``, tar and zip archives; packed with gz, bz2, xz
or zstd.
Out: ``find`` gives the sources in canonical order and what is skipped with its reason; ``blocks`` gives a
source's lines as blocks for the map; ``head`` and ``tail`` give a few lines to plan by; ``Reader`` fetches
lines again for evidence.

Promises
- The sources, their order and their numbers depend on names alone, the lines on bytes alone: not on the
  order of listing or arguments, the block size, or the locale.
- No file can harm another: what cannot be read is a ``Skip`` or a ``Note``, never an exception. Only a PATH
  that does not exist (PathError) and a temporary file that cannot be written (OutputError) raise.
- Memory is bounded by the block size, whatever a file holds: a line of a gigabyte, a bomb, a hole.
- Everything left out or changed is counted and told.

Decisions
- Lines end at the line feed alone: the other breaks that Unicode knows would shift line numbers.
- What a file is, its bytes say, not its name. Devices, pipes and sockets are never opened.
- Files are read by position, never mapped: a file cut under a mapping kills the process.
- A block's offset counts bytes as unpacked and decoded, before repair, at the start of a line. Every repair
  looks at one line alone, so reading from an offset again gives the same lines.
- gz, bz2 and xz are unpacked in bounded steps, zstd block by block: bombs cannot burst at once.
"""

from logsense.read.blocks import blocks, head, tail
from logsense.read.find import find
from logsense.read.refetch import Reader
from logsense.read.sources import Found, Limits, Note, Notes, Skip, SourceFile

__all__ = [
    "Found",
    "Limits",
    "Note",
    "Notes",
    "Reader",
    "Skip",
    "SourceFile",
    "blocks",
    "find",
    "head",
    "tail",
]
