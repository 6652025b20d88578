"""Painted scenes, placed by the small model that comes with the gallery: what is in them is known."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np

from clonegallery.demo.chance import random_scene
from clonegallery.demo.painter import paint
from clonegallery.inference.port import Embedder, Vectors
from clonegallery.search.everyday import TEXTS
from clonegallery.search.fitting import Near, fitting, measured
from workers.training.wrapping import png

_SIDE = (128, 128)


class PaintedGallery:
    """`count` scenes by chance, those of `seed`, searched by texts as the gallery does."""

    def __init__(self, model: Embedder, seed: int, count: int) -> None:
        self.scenes = [random_scene(np.random.default_rng([seed, index])) for index in range(count)]
        pictures = [png(np.asarray(paint(scene, _SIDE, index))) for index, scene in enumerate(self.scenes)]
        self.vectors = np.concatenate([model.images(pictures[at : at + 50]) for at in range(0, count, 50)])
        self.usual, self.spread = measured(self.vectors, model.texts(TEXTS))
        self._model = model

    def near(self, texts: Sequence[str]) -> Mapping[str, list[Near]]:
        """Every picture as each text sees it; the ids count from 0."""
        cosines: Vectors = self.vectors @ self._model.texts(texts).T
        return {text: self._as_seen(cosines[:, column]) for column, text in enumerate(texts)}

    def found(self, texts: Sequence[str]) -> Mapping[str, list[int]]:
        """The places of the scenes that each text finds, the one that fits best first."""
        return {text: [hit.id.int for hit in fitting(near)] for text, near in self.near(texts).items()}

    def _as_seen(self, cosines: Vectors) -> list[Near]:
        rows = zip(cosines, self.usual, self.spread, strict=True)
        return [Near(UUID(int=place), *(float(value) for value in row)) for place, row in enumerate(rows)]
