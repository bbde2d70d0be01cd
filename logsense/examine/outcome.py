"""What came of a check."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """One check: of whom (a distribution, ``detectors.mix``, ``detectors.mix: mix``), its name, the outcome.

    status: "passed", "failed" or "skipped". said: what to do, why it was skipped, or what was measured;
    foreign text, not made safe.
    """

    subject: str
    check: str
    status: str
    said: str = ""
