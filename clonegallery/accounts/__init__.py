"""People: who is asking, what they may do, and how they sign in."""
