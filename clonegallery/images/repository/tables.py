"""The tables behind the slice's models, as Core sees them: lists are read without making an object per row."""

from sqlalchemy import Table
from sqlmodel import SQLModel

from clonegallery.models import Derivative, GeneratedImage, Image, ImageLike, ImageTag, Tag, User


def _table(model: type[SQLModel]) -> Table:
    table: Table = SQLModel.metadata.tables[str(model.__tablename__)]
    return table


images = _table(Image)
derivatives = _table(Derivative)
tags = _table(Tag)
image_tags = _table(ImageTag)
generated_images = _table(GeneratedImage)
likes = _table(ImageLike)
users = _table(User)
