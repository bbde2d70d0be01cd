"""Masks: the parts of a message that vary by their form alone, as private characters (``marks``).

In: messages. Out: each message's first line (and the detail behind ``⏎``) with what varies masked; numbers
and names that state a cause stay as they are.

``patterns`` says what is masked and what is kept, in which order; ``apply`` puts the patterns on columns.
Before all of them come the masks that plugins declare (``declared``).
"""

from logsense.mine.masks.apply import first_lines, masked, prepared, side_by_side

__all__ = ["first_lines", "masked", "prepared", "side_by_side"]
