"""The entrance of the slice: everything that pages, API, workers and command line do with accounts."""

from clonegallery.accounts.administration import (
    create_person,
    end_sessions_of,
    list_people,
    person,
    update_person,
)
from clonegallery.accounts.api_keys import api_key, create_api_key, list_api_keys, revoke_api_key
from clonegallery.accounts.audit_log import list_audit
from clonegallery.accounts.links import (
    ask_password_reset,
    ask_verification,
    remove_expired_links,
    reset_password_by_link,
    send_link,
    verify_email,
)
from clonegallery.accounts.own_account import (
    ask_new_email,
    change_password,
    profile,
    public_profile,
    update_account,
)
from clonegallery.accounts.own_sessions import end_dead_sessions, end_other_sessions, end_session, list_sessions
from clonegallery.accounts.people import (
    change_person,
    create_user,
    disable,
    enable,
    ensure_first_admin,
    list_users,
    reset_password,
    set_role,
)
from clonegallery.accounts.provider_refusals import (
    admit_from_provider,
    admit_to_provider,
    note_provider_refusal,
)
from clonegallery.accounts.providers import configured_providers, link, list_identities, sign_in_with, unlink
from clonegallery.accounts.refresh import refresh
from clonegallery.accounts.registration import register, register_in_browser
from clonegallery.accounts.sign_in import issue_tokens, sign_in, sign_out
from clonegallery.accounts.viewers import viewer_for, viewer_for_bearer, viewer_for_session

__all__ = [
    "admit_from_provider",
    "admit_to_provider",
    "api_key",
    "ask_new_email",
    "ask_password_reset",
    "ask_verification",
    "change_password",
    "change_person",
    "configured_providers",
    "create_api_key",
    "create_person",
    "create_user",
    "disable",
    "enable",
    "end_dead_sessions",
    "end_other_sessions",
    "end_session",
    "end_sessions_of",
    "ensure_first_admin",
    "issue_tokens",
    "link",
    "list_api_keys",
    "list_audit",
    "list_identities",
    "list_people",
    "list_sessions",
    "list_users",
    "note_provider_refusal",
    "person",
    "profile",
    "public_profile",
    "refresh",
    "register",
    "register_in_browser",
    "remove_expired_links",
    "reset_password",
    "reset_password_by_link",
    "revoke_api_key",
    "send_link",
    "set_role",
    "sign_in",
    "sign_in_with",
    "sign_out",
    "unlink",
    "update_account",
    "update_person",
    "verify_email",
    "viewer_for",
    "viewer_for_bearer",
    "viewer_for_session",
]
