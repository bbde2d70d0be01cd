"""Security detectors for logsense, with MITRE ATT&CK techniques."""
