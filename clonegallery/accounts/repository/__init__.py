"""The SQL of people and of everything that opens their accounts."""
