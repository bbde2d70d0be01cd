"""rhythm: how regularly a template, or one of the messages that share it, comes (GAPS, FORMS)."""
