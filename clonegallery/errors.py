"""The one error tree. Each error knows its HTTP status, a stable code, and whether trying again can help.

    GalleryError
    ├── NotSignedIn 401            ├── Conflict 409
    ├── NotAllowed 403             │   └── Gone 410
    │   ├── CsrfFailed 403         ├── TooLarge 413
    │   ├── RegistrationClosed 403 ├── UnsupportedImageType 415
    │   ├── UnverifiedAccount 403  ├── TooManyRequests 429   (retryable)
    │   └── ProviderRefused 403    ├── Unavailable 503       (retryable)
    │       ├── ProviderDenied     ├── StorageFull 507       (retryable)
    │       ├── ProviderStateLost  └── LeaseLost (never HTTP)
    │       ├── ProviderEmailUnverified
    │       └── ProviderFailed
    ├── NotFound 404            ├── GenerationFailed 502
    ├── Invalid 422             │   ├── PromptRefused
    │   └── UnreadableImage     │   └── PaymentNeeded
    └── Cancelled (never HTTP)  └── GeneratorDown 503     (retryable)
                                    ├── AnswerLost
                                    └── OutOfMemory

Services raise these; `api/problems.py` turns them into RFC 9457 problem documents and workers into job errors.
Messages are written for the person who reads them and never hold a secret, a path or a stack trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One refused field: `field` is the name the client used, `message` the reason in plain words.

    Where only a part of a text is wrong, `token` is that part and `position` how many characters come before it.
    """

    field: str
    message: str
    token: str | None = None
    position: int | None = None


class GalleryError(Exception):
    """Root of everything the gallery raises on purpose.

    `status` is the HTTP status, `code` a stable machine-readable name, `retryable` true when trying again can help.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "", *, errors: Sequence[FieldError] = (), retry_after: int | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.retry_after = retry_after

    def headers(self) -> Mapping[str, str]:
        """The response headers that belong to this error: `Retry-After` in seconds where trying again can help."""
        return {"Retry-After": str(self.retry_after or 5)} if self.retryable else {}


class NotSignedIn(GalleryError):
    status, code, title = 401, "not_signed_in", "Sign in first"


class NotAllowed(GalleryError):
    status, code, title = 403, "not_allowed", "You may not do this"


class CsrfFailed(NotAllowed):
    code, title = "csrf_failed", "The request did not carry this session's X-CSRF-Token"


class RegistrationClosed(NotAllowed):
    code, title = "registration_closed", "Registration is closed here; ask an Admin for an account"


class UnverifiedAccount(NotAllowed):
    """A provider vouches for an address whose account here never proved that it reads it."""

    code, title = "unverified_account", "An account has this address but never verified it"


class ProviderRefused(NotAllowed):
    """Somebody who came back from a provider has not proved by it who they are."""

    code, title = "provider_refused", "The provider did not prove who you are"


class ProviderDenied(ProviderRefused):
    code, title = "provider_denied", "You did not let the provider say who you are"


class ProviderStateLost(ProviderRefused):
    """The answer belongs to nothing that this browser began within the last minutes, or was used before."""

    code, title = "provider_state", "This was begun in another browser, too long ago, or is done already; begin again"


class ProviderEmailUnverified(ProviderRefused):
    code, title = "provider_email", "The provider has no verified e-mail address of yours"


class ProviderFailed(ProviderRefused):
    """The provider is away, too slow, or answered what its specification does not allow."""

    code, title = "provider_failed", "The provider did not answer as it should; try again, or sign in another way"


class NotFound(GalleryError):
    """Missing, or not visible to the asker: the two must not be told apart."""

    status, code, title = 404, "not_found", "There is nothing here"


class Conflict(GalleryError):
    status, code, title = 409, "conflict", "This conflicts with what is there"


class Gone(Conflict):
    status, code, title = 410, "gone", "This is gone"


class TooLarge(GalleryError):
    status, code, title = 413, "too_large", "This is too large"


class UnsupportedImageType(GalleryError):
    status, code, title = 415, "unsupported_image_type", "This is not an accepted image type"


class Invalid(GalleryError):
    status, code, title = 422, "invalid", "Some of this cannot be accepted"


class UnreadableImage(Invalid):
    """The bytes cannot be read as the image they claim to be, or exceed what is safe to decode."""

    code, title = "unreadable_image", "This image cannot be read"


class TooManyRequests(GalleryError):
    status, code, title, retryable = 429, "too_many_requests", "Too many requests", True


class Unavailable(GalleryError):
    status, code, title, retryable = 503, "unavailable", "The gallery cannot answer right now", True


class StorageFull(GalleryError):
    status, code, title, retryable = 507, "storage_full", "The storage is full", True


class LeaseLost(GalleryError):
    """A worker wrote with a fencing token that is no longer the job's: somebody else owns the job now."""

    code, title = "lease_lost", "This job belongs to another worker now"


class GenerationFailed(GalleryError):
    """A provider did not make the picture, and asking again would give the same answer; `detail` is in its words."""

    status, code, title = 502, "generation_failed", "The picture could not be made"


class PromptRefused(GenerationFailed):
    """The provider will not make this picture."""

    code, title = "prompt_refused", "The provider refused this prompt"


class PaymentNeeded(GenerationFailed):
    """The provider wants to be paid first: the operator's account with it is empty."""

    code, title = "payment_needed", "The provider's account is out of credit"


class GeneratorDown(GalleryError):
    """A provider is away, too slow or has too much to do; another one may make the picture instead."""

    status, code, title, retryable = 503, "generator_down", "The provider does not answer", True


class AnswerLost(GeneratorDown):
    """A paid service was asked and never answered: it may have been paid, so it is not asked again by itself."""

    code, title, retryable = "answer_lost", "The provider was asked and did not answer", False


class OutOfMemory(GeneratorDown):
    """The picture does not fit into the memory of this machine's device, not even alone."""

    code, title, retryable = "out_of_memory", "The device has not enough memory for this picture", False


class Cancelled(GalleryError):
    """Whoever asked for a generation does not want it any more."""

    code, title = "cancelled", "Cancelled"
