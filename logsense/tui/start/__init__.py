"""How the screens come up: a pipe read to its end before, keys of one's own, the same in a browser."""
