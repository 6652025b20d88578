"""The tables behind the slice's models: lists are read without making an object per row."""

from clonegallery.models import Derivative, GeneratedImage, Image, ImageLike, ImageTag, Instrument, Tag, User
from clonegallery.models.tables import table_of

images = table_of(Image)
derivatives = table_of(Derivative)
tags = table_of(Tag)
image_tags = table_of(ImageTag)
generated_images = table_of(GeneratedImage)
instruments = table_of(Instrument)
likes = table_of(ImageLike)
users = table_of(User)
