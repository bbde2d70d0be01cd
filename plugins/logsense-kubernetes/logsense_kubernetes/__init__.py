"""Logs of Kubernetes, containers and the journal for logsense, by address."""
