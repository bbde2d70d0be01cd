"""The checks of each kind of plugin, a file a kind: each has a table ``CHECKS`` of named promises."""
