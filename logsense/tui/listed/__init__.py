"""What lists of templates know without drawing: their rows, the order, which are shown, trends over time."""
