"""A page a question: what broke, why, what is said, the lines themselves, what is different."""
