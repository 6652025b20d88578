"""What the pages have in common on which generations are seen: how one looks, and how one is followed."""
