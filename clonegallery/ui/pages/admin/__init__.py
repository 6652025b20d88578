"""What Admins manage: one page per kind of thing, under one navigation."""
