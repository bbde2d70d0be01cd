"""Panels of plugins on the screens: each in a guard, so that one that raises costs nobody else anything.

In: the classes that the host loaded, and the Analysis. Out: widgets on the page of panels; a failure is a
sentence in the place of the panel and a name in the strip at the bottom. A panel that never returns holds
the screens up: it runs in this process and cannot be stopped.
"""
