"""Everything about one's own account: one page, a section and a state for each kind of thing."""
