"""The tables, one file per noun. Importing this package registers every table with `SQLModel.metadata`."""

from clonegallery.models.account import LoginSession, Role, SessionKind, SignInMethod, User
from clonegallery.models.audit import AuditEntry
from clonegallery.models.columns import Visibility
from clonegallery.models.credential import ApiKey, LinkPurpose, MailedLink, OAuthIdentity, Provider, RefreshToken, Scope
from clonegallery.models.embedding import EmbeddingSpace, ImageEmbedding, SpaceStatus
from clonegallery.models.generation import GeneratedImage, Generation
from clonegallery.models.image import Derivative, Image, ImageSource, ImageStatus, Rating
from clonegallery.models.instrument import Instrument, InstrumentKind
from clonegallery.models.job import Job, JobStatus, JobTurn
from clonegallery.models.like import ImageLike
from clonegallery.models.tag import ImageTag, Tag
from clonegallery.variants import Variant

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Derivative",
    "EmbeddingSpace",
    "GeneratedImage",
    "Generation",
    "Image",
    "ImageEmbedding",
    "ImageLike",
    "ImageSource",
    "ImageStatus",
    "ImageTag",
    "Instrument",
    "InstrumentKind",
    "Job",
    "JobStatus",
    "JobTurn",
    "LinkPurpose",
    "LoginSession",
    "MailedLink",
    "OAuthIdentity",
    "Provider",
    "Rating",
    "RefreshToken",
    "Role",
    "Scope",
    "SessionKind",
    "SignInMethod",
    "SpaceStatus",
    "Tag",
    "User",
    "Variant",
    "Visibility",
]
