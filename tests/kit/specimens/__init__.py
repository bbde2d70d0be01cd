"""Small plugins for the tests of the kit: a good one of each kind, and bad ones with one fault each."""
