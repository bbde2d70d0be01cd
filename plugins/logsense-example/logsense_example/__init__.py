"""A plugin for logsense to copy: a detector, with its test."""
