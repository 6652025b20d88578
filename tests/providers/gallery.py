"""The gallery's settings for the stand-ins."""

from tests.providers.github import GitHub
from tests.providers.grants import CLIENT_ID, CLIENT_SECRET
from tests.providers.openid import OpenIdProvider


def environment(google: OpenIdProvider, github: GitHub) -> dict[str, str]:
    """What a gallery needs in its environment to sign in with both."""
    return {
        "GOOGLE_CLIENT_ID": CLIENT_ID,
        "GOOGLE_CLIENT_SECRET": CLIENT_SECRET,
        "GOOGLE_DISCOVERY_URL": google.discovery_url,
        "GITHUB_CLIENT_ID": CLIENT_ID,
        "GITHUB_CLIENT_SECRET": CLIENT_SECRET,
        "GITHUB_URL": github.url,
        "GITHUB_API_URL": github.api_url,
    }


def register(google: OpenIdProvider, github: GitHub, origin: str) -> None:
    """Enter the callback addresses at the providers, as docs/operating.md says."""
    google.redirect_uris = [f"{origin}/auth/google/callback"]
    github.redirect_uris = [f"{origin}/auth/github/callback"]
