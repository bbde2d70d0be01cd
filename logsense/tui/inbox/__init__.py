"""The parts of the inbox: how reading goes on, or that nothing was found; incidents, what came close."""
