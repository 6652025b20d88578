"""The addresses of the pages, as constants and functions, so that a link cannot be misspelt."""

from urllib.parse import quote, unquote, urlsplit

GALLERY = "/"
IMAGE = "/image/[image_id]"
UPLOAD = "/upload"
CREATE = "/create"
QUEUE = "/queue"
LOGIN = "/login"
REGISTER = "/register"
FORGOT_PASSWORD = "/forgot-password"  # noqa: S105 An address, not a secret.
RESET_PASSWORD = "/reset-password"  # noqa: S105 As above.
VERIFY_EMAIL = "/verify-email"
SETTINGS = "/settings"
ADMIN = "/admin"
AUDIT = "/admin/audit"
MODELS = "/admin/models"
TRASH = "/trash"
FAVOURITES = "/favourites"
PROFILE = "/u/[profile_name]"
NOT_FOUND = "404"

STATIC = (
    GALLERY,
    UPLOAD,
    CREATE,
    QUEUE,
    LOGIN,
    REGISTER,
    FORGOT_PASSWORD,
    RESET_PASSWORD,
    VERIFY_EMAIL,
    TRASH,
    FAVOURITES,
    SETTINGS,
    ADMIN,
    AUDIT,
    MODELS,
)

SIGN_IN_ACTION = "/auth/login"
SIGN_OUT_ACTION = "/auth/logout"
REGISTER_ACTION = "/auth/register"
FORGOT_ACTION = "/auth/forgot-password"
RESET_ACTION = "/auth/reset-password"
VERIFY_ACTION = "/auth/verify-email"
PASSWORD_ACTION = "/auth/password"  # noqa: S105 As above.


def image(image_id: str) -> str:
    """The page of one picture."""
    return f"/image/{image_id}"


def looking_like(image_id: str) -> str:
    """The gallery with the pictures that look like one."""
    return f"{GALLERY}?q=like:{image_id}"


def image_id_in(url: str) -> str:
    """The id in the address of a picture's page, or an empty text in any other address."""
    parts = urlsplit(url).path.strip("/").split("/")
    return parts[1] if len(parts) == 2 and parts[0] == "image" else ""


def create_from(image_id: str, use: str) -> str:
    """The page to create with what was used for a picture: `all` of it, its `prompt`, or its `seed`."""
    return f"{CREATE}?from={image_id}&use={use}"


def create_again(generation_id: str) -> str:
    """The page to create with everything that was asked for once."""
    return f"{CREATE}?again={generation_id}"


def create_beginning(image_id: str) -> str:
    """The page to create that begins from a picture."""
    return f"{CREATE}?init={image_id}"


def queue(status: str) -> str:
    """The generations of that status; of every status for an empty text."""
    return f"{QUEUE}?status={status}" if status else QUEUE


def profile(username: str) -> str:
    """The page of one person."""
    return f"/u/{username}"


def username_in(url: str) -> str:
    """The name in the address of a person's page, or an empty text in any other address."""
    parts = urlsplit(url).path.strip("/").split("/")
    return unquote(parts[1]) if len(parts) == 2 and parts[0] == "u" else ""


def link_action(provider: str) -> str:
    """Where the form is posted that links an account of `provider` to one's own."""
    return f"/auth/{provider}/link"


def provider_sign_in(provider: str, back_to: str) -> str:
    """Where signing in with `provider` begins that leads to `back_to` afterwards."""
    return f"/auth/{provider}/login?next={quote(back_to, safe='')}"


def path_in(url: str) -> str:
    """The path of `url` with its query, as a link within the gallery has it."""
    parts = urlsplit(url)
    return (parts.path or GALLERY) + (f"?{parts.query}" if parts.query else "")


def sign_in(back_to: str) -> str:
    """The sign-in page that leads to `back_to`, a path on this site, afterwards."""
    return _leading(LOGIN, back_to)


def register(back_to: str) -> str:
    """The page to make an account on that leads to `back_to` afterwards."""
    return _leading(REGISTER, back_to)


def _leading(page: str, back_to: str) -> str:
    return page if back_to == GALLERY else f"{page}?next={quote(back_to, safe='')}"
