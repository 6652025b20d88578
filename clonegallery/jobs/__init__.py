"""Background work: one table, claimed by lease; queue messages are hints."""
