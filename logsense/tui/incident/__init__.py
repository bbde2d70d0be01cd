"""The parts of an incident's page: what each draws, as rows of pieces made from the frozen Analysis.

- ``head``: what broke, when, how bad. ``series``: counts over time. ``windows``: the windows that are
  compared, and which incident of another answer is the same one.
- ``causes``, ``why``, ``spread``, ``after``: the causes, the terms of their scores, the services and how the
  fault went through them, what followed and which changes came before.
- ``evidence``: which lines prove a cause, among what all services said at the time; ``pane``: the list of
  them; ``values``: what stands at a template's placeholders in a line.
"""
