"""Metrics beside logs as evidence for logsense: CSV and Prometheus text."""
