"""The SQL of pictures, and nothing else: `feed` reads lists, `rows` single pictures, `writes` changes them."""
