"""What happened to the services of a run: what could explain, or cause, what is odd about it.

In: templates and counts, for scans records and keys. Out: CHANGES. ``words`` tells deploys, restarts, changed
configuration and rotated logs by what is said, ``surges`` far more of the same work by counts, ``scans``
those who look for holes by what they ask for.
"""
