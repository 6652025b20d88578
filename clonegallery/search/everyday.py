"""A fixed set of everyday texts: how near a picture lies to them says how near it lies to any text whatsoever."""

import hashlib
from typing import Final

_TEXTS: Final = """
a person; a portrait of a woman; a portrait of a man; a child playing; a baby; a group of people; a crowd;
a family at home; a dog; a cat; a horse; a bird; a fish; an insect on a leaf; wild animals; a flower; a garden; a tree;
a forest; a mountain; a beach; the sea; a lake; a river; a waterfall; a desert; a field; snow; a sunset; the night sky;
clouds; rain; a road; a street in a city; a skyline; a house; a church; a castle; a bridge; a tower; a ruin;
a shop window; a kitchen; a living room; a bedroom; an office; a classroom; a factory; a car; a bus; a train; a bicycle;
a motorcycle; a boat; an aeroplane; food on a plate; a cake; fruit; vegetables; a cup of coffee; a bottle of wine;
a restaurant; a concert; a dance; a wedding; a birthday party; a football match; a swimmer; a runner; a skier; a book;
a newspaper; a document; a receipt; a map; a screenshot; a computer; a telephone; a camera; a clock; a chair; a table;
a lamp; a bag; shoes; clothes; jewellery; a toy; a statue; a painting; a drawing; a pattern; a logo; a cartoon;
a machine; a tool; a fire; a flag; an old photograph; a black and white photograph; a blurred picture
"""
TEXTS: Final = tuple(" ".join(text.split()) for text in _TEXTS.split(";"))

DIGEST: Final = hashlib.sha256("\n".join(TEXTS).encode()).hexdigest()[:16]
"""Tells this set from any other: what was measured with another is measured anew."""
