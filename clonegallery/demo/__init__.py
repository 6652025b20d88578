"""The project's own pictures: seeded scenes, what is in them said in words, and the brush that paints them."""
