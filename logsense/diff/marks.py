"""The lines of one file of the run in question as arrays of marks: what Python walks over."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Marks:
    """One value a line (index 0 is line 1). All Boolean but strength and key.

    new: in no good run, and not blank. known: not new, and not blank. passes: goes well. ends: a step or the
    run ended badly; closing: those that are new and close a step. body: indented, or of a stack trace.
    heading: the account of a failure begins here. footer: closing help. key: which masked line it is.
    """

    new: Flags
    known: Flags
    passes: Flags
    ends: Flags
    closing: Flags
    body: Flags
    heading: Flags
    strength: npt.NDArray[np.float64]
    key: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self.new)
