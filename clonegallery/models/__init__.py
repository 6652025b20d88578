"""The tables, one file per noun. Importing this package registers every table with `SQLModel.metadata`."""

from clonegallery.models.account import LoginSession, Role, User
from clonegallery.models.image import Derivative, Image, ImageSource, ImageStatus, Rating, Visibility
from clonegallery.models.job import Job, JobStatus, JobTurn
from clonegallery.models.tag import ImageTag, Tag
from clonegallery.variants import Variant

__all__ = [
    "Derivative",
    "Image",
    "ImageSource",
    "ImageStatus",
    "ImageTag",
    "Job",
    "JobStatus",
    "JobTurn",
    "LoginSession",
    "Rating",
    "Role",
    "Tag",
    "User",
    "Variant",
    "Visibility",
]
