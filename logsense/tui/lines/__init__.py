"""What the lines page knows without drawing: conditions, records in sight, moments, ids, editors."""
