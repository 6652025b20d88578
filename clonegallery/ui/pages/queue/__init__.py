"""The page of everything that one asked to have made."""
