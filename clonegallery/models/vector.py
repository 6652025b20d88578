"""A column of vectors: pgvector's own type on PostgreSQL, the same numbers as bytes on SQLite."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector.sqlalchemy import HALFVEC, VECTOR
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator, TypeEngine


class PortableVector(TypeDecorator[NDArray[np.float32]]):
    """Float32 numbers, as many as the row's model has; little-endian where they are bytes."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(VECTOR() if dialect.name == "postgresql" else LargeBinary())

    def process_bind_param(self, value: NDArray[np.float32] | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return np.ascontiguousarray(value, "<f4").tobytes()

    def process_result_value(self, value: Any, dialect: Dialect) -> NDArray[np.float32] | None:
        if value is None:
            return None
        return np.frombuffer(value, "<f4") if isinstance(value, bytes) else np.asarray(value, np.float32)


class HalfVector(TypeDecorator[NDArray[np.float32]]):
    """Numbers in half precision, `dimensions` of them: what the indexes of vectors are made of."""

    impl = HALFVEC
    cache_ok = True

    def process_bind_param(self, value: NDArray[np.float32] | None, dialect: Dialect) -> Any:
        return value
