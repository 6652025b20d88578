"""What the demo gallery has the small model make: prompts and seeds that were chosen by eye, some begun from others."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DemoWish:
    """One picture to make; `begun_from` is the title of an earlier one, of which `strength` is changed."""

    title: str
    prompt: str
    seed: int
    begun_from: str = ""
    strength: float | None = None


WISHES: Final = (
    DemoWish("sun", "a red sun over a blue sea", 5),
    DemoWish("peaks", "snowy mountains behind a green lake, pink sky", 5),
    DemoWish("lighthouse", "a lighthouse on the right, a yellow moon over the sea at night with stars", 7),
    DemoWish("autumn", "a forest of orange autumn trees by a river at dusk", 1),
    DemoWish("dunes", "a sandy desert with dunes in daylight, blue sky", 2),
    DemoWish("lights", "a field of snow at night with green northern lights", 3),
    DemoWish("sails", "two boats with white sails on a blue sea in daylight", 5),
    DemoWish("palms", "three palm trees on a sandy beach at sunset", 2),
    DemoWish("moon", "a white moon over a blue sea at night with stars", 1, "sun", 0.75),
    DemoWish("evening", "snowy mountains behind a lake at dusk, orange sky", 5, "peaks", 0.7),
    DemoWish("boats", "two boats on a blue sea at night with a white moon", 4, "moon", 0.6),
)
"""Each after the one that it is begun from."""
