"""The page on which pictures are asked for, and watched while they are made."""
