"""What each event handler of the pages does for each asker: the table that `test_events.py` walks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.pages.admin.audit_state import AuditState
from clonegallery.ui.pages.admin.models_state import ModelsState
from clonegallery.ui.pages.admin.people_state import PeopleState
from clonegallery.ui.pages.create.jobs_state import JobsState
from clonegallery.ui.pages.create.state import CreateState
from clonegallery.ui.pages.forgot_password import ForgotState
from clonegallery.ui.pages.gallery_chosen import ChosenState
from clonegallery.ui.pages.gallery_facets_state import FacetsState
from clonegallery.ui.pages.gallery_loosen import LoosenState
from clonegallery.ui.pages.gallery_search import SearchState
from clonegallery.ui.pages.image_similar import SimilarState
from clonegallery.ui.pages.image_state import ImageState
from clonegallery.ui.pages.login import LoginState
from clonegallery.ui.pages.profile import ProfileState
from clonegallery.ui.pages.queue.state import QueueState
from clonegallery.ui.pages.register import RegisterState
from clonegallery.ui.pages.reset_password import ResetState
from clonegallery.ui.pages.settings.keys_state import KeysState
from clonegallery.ui.pages.settings.password import PasswordState
from clonegallery.ui.pages.settings.profile_state import ProfileState as OwnProfileState
from clonegallery.ui.pages.settings.providers_state import ProvidersState
from clonegallery.ui.pages.settings.sessions_state import SessionsState
from clonegallery.ui.pages.trash import TrashState
from clonegallery.ui.pages.upload import UploadState
from clonegallery.ui.pages.verify_email import VerifyState
from clonegallery.ui.session import SessionState

ASKERS = ("anonymous", "visitor", "editor", "admin", "owner")
KINDS = ("public", "unlisted", "private", "trashed")
EVERYBODY = " ".join(ASKERS)
SIGNED_IN = "visitor editor admin owner"

State = type[rx.State]


@dataclass(frozen=True, slots=True)
class Row:
    """One handler, called by each asker after the events of `before`.

    `acts` names the askers for whom anything in the database changes; `sees` those to whom `marker` is said. `{…}` in
    the address, the arguments and the marker is filled from the cast. A row about pictures has both by their kind.
    """

    state: State
    handler: str
    path: str = "/"
    arguments: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    acts: str | Mapping[str, str] = ""
    marker: str = ""
    sees: str | Mapping[str, str] = ""

    @property
    def name(self) -> tuple[State, str]:
        return self.state, self.handler

    def kinds(self) -> tuple[str, ...]:
        """The kinds of picture that it is asked about; one empty kind where it is about none."""
        told = isinstance(self.acts, Mapping) or isinstance(self.sees, Mapping)
        return KINDS if told else ("",)


def _by_kind(public: str, unlisted: str, private: str, trashed: str) -> Mapping[str, str]:
    return dict(zip(KINDS, (public, unlisted, private, trashed), strict=True))


_MODERATORS = "editor admin owner"
_OWN = "owner"
_IMAGE = "/image/{image_id}"
_SEEN = _by_kind(EVERYBODY, EVERYBODY, _OWN, _OWN)
_CHANGED = _by_kind(_MODERATORS, _OWN, _OWN, "")
_LOADED: tuple[tuple[str, Mapping[str, Any]], ...] = (("load", {}),)
_CHOSEN: tuple[tuple[str, Mapping[str, Any]], ...] = (("select", {"ids": ["{image_id}"]}),)
_TARGET = {"user_id": "{target_id}"}
_KEY = {"name": "made", "lifetime": "90", "scope_read": "on"}

PICTURES = [
    Row(ImageState, "load", _IMAGE, marker="{title}", sees=_SEEN),
    Row(SearchState, "load", "/?q=like:{image_id}", marker="{title}", sees=_SEEN),
    Row(SimilarState, "load", _IMAGE),
    Row(SimilarState, "look_again", _IMAGE),
    Row(ImageState, "follow", _IMAGE, before=_LOADED, acts=_by_kind("", "", "", "")),
    Row(ImageState, "save", _IMAGE, {"form": {"title": "Mine", "visibility": "{visibility}"}}, _LOADED, _CHANGED),
    Row(ImageState, "trash", _IMAGE, before=_LOADED, acts=_CHANGED),
    Row(ImageState, "restore", _IMAGE, before=_LOADED, acts=_by_kind("", "", "", _OWN)),
    Row(ChosenState, "trash", before=_CHOSEN, acts=_CHANGED),
    Row(ChosenState, "show_to", arguments={"visibility": "{other_visibility}"}, before=_CHOSEN, acts=_CHANGED),
    Row(ChosenState, "tag", arguments={"form": {"tags": "taken"}}, before=_CHOSEN, acts=_CHANGED),
    Row(TrashState, "restore", "/trash", before=_CHOSEN, acts=_by_kind("", "", "", _OWN)),
    Row(TrashState, "delete", "/trash", before=_CHOSEN, acts=_by_kind("admin owner", _OWN, _OWN, _OWN)),
]

ACCOUNTS = [
    Row(SessionState, "load", marker="{own_name}", sees=SIGNED_IN),
    Row(SessionState, "admit", "/settings", marker="{own_name}", sees=SIGNED_IN),
    Row(SessionState, "look_again", marker="{own_name}", sees=SIGNED_IN),
    Row(PeopleState, "load", "/admin", marker="{target_email}", sees="admin"),
    Row(PeopleState, "ask_role", "/admin", _TARGET | {"role": "Editor"}, marker="Make {target_name}", sees="admin"),
    Row(PeopleState, "ask_disable", "/admin", _TARGET, marker="Disable {target_name}", sees="admin"),
    Row(PeopleState, "ask_end_sessions", "/admin", _TARGET, marker="Sign {target_name} out", sees="admin"),
    Row(PeopleState, "confirm", "/admin", before=(("ask_role", _TARGET | {"role": "Editor"}),), acts="admin"),
    Row(PeopleState, "confirm", "/admin", before=(("ask_disable", _TARGET),), acts="admin"),
    Row(PeopleState, "confirm", "/admin", before=(("ask_end_sessions", _TARGET),), acts="admin"),
    Row(PeopleState, "enable", "/admin", {"user_id": "{disabled_id}"}, acts="admin"),
    Row(ModelsState, "load", "/admin/models", marker="Stable Image Core", sees="admin"),
    Row(AuditState, "load", "/admin/audit", marker="{target_name}", sees="admin"),
    Row(OwnProfileState, "load", "/settings", marker="{own_email}", sees=SIGNED_IN),
    Row(OwnProfileState, "save", "/settings", {"form": {"username": "{own_name}", "default_visibility": "unlisted"}},
        _LOADED, SIGNED_IN),
    Row(OwnProfileState, "send_letter", "/settings", acts=SIGNED_IN),
    Row(OwnProfileState, "change_email", "/settings",
        {"form": {"email": "{own_name}@example.com", "current_password": "{password}"}}, acts=SIGNED_IN),
    Row(SessionsState, "load", "/settings", marker="{other_session_id}", sees="owner"),
    Row(SessionsState, "end", "/settings", {"session_id": "{other_session_id}"}, acts="owner"),
    Row(SessionsState, "end_others", "/settings", acts="owner"),
    Row(KeysState, "load", "/settings", marker="{key_id}", sees="owner"),
    Row(KeysState, "create", "/settings", {"form": _KEY}, acts=SIGNED_IN, marker="cg_", sees=SIGNED_IN),
    Row(KeysState, "ask_revoke", "/settings", {"key_id": "{key_id}"}, marker="a key of the owner", sees="owner"),
    Row(KeysState, "revoke", "/settings", before=(("ask_revoke", {"key_id": "{key_id}"}),), acts="owner"),
    Row(ProvidersState, "load", "/settings", marker="octocat@example.org", sees="owner"),
    Row(ProvidersState, "unlink", "/settings", before=(("ask_unlink", {"provider": "github"}),), acts="owner"),
    Row(VerifyState, "load", "/verify-email?done=registered"),
    Row(VerifyState, "send_again", "/verify-email", acts=SIGNED_IN),
    Row(UploadState, "load", "/upload"),
    Row(ProfileState, "load", "/u/{target_name}", marker="no pictures yet", sees=EVERYBODY),
    Row(LoginState, "load", "/login"),
    Row(RegisterState, "load", "/register"),
    Row(ForgotState, "load", "/forgot-password"),
    Row(ResetState, "load", "/reset-password?token=x"),
    Row(PasswordState, "load", "/settings?done=password"),
    Row(SearchState, "load", "/?sort=taken"),
    Row(FacetsState, "load", "/?q=iso:100"),
    Row(FacetsState, "look", "/?q=iso:100"),
    Row(FacetsState, "narrow", "/?q=sea", {"form": {"iso_from": "100"}}, marker="iso:>=100", sees=EVERYBODY),
    Row(LoosenState, "look", "/?q=sea+iso:100"),
]  # fmt: skip

_FORM = {"prompt": "a red sun", "size": "1024x1024", "count": "1"}
_WAITING, _FAILED = {"job_id": "{waiting_id}"}, {"job_id": "{failed_id}"}

GENERATIONS = [
    Row(CreateState, "load", "/create", marker="gpt-image-1-mini", sees=_MODERATORS),
    Row(CreateState, "load", "/create?from={image_id}&use=prompt", marker="Made by the owner",
        sees=_by_kind(_MODERATORS, _MODERATORS, _OWN, _OWN)),
    Row(CreateState, "load", "/create?init={image_id}", marker="{title}",
        sees=_by_kind(_MODERATORS, _MODERATORS, _OWN, "")),
    Row(CreateState, "load", "/create?again={failed_id}", marker="Failed of the owner", sees="admin owner"),
    Row(CreateState, "choose_model", "/create", {"value": "stability/core"}, marker="stability/core", sees=_MODERATORS),
    Row(CreateState, "recall", "/create", {"image_id": "{image_id}", "use": "all"}, marker="Made by the owner",
        sees=_by_kind(_MODERATORS, _MODERATORS, _OWN, _OWN)),
    Row(CreateState, "submit", "/create", {"form": _FORM}, _LOADED, acts=_MODERATORS),
    Row(JobsState, "look", "/create", marker="Waiting of the owner", sees=_OWN),
    Row(JobsState, "cancel", "/create", _WAITING, acts="admin owner"),
    Row(JobsState, "retry", "/create", _FAILED, acts=_OWN),
    Row(QueueState, "load", "/queue", marker="Failed of the owner", sees=_OWN),
    Row(QueueState, "more", "/queue"),
    Row(QueueState, "cancel", "/queue", _WAITING, acts="admin owner"),
    Row(QueueState, "retry", "/queue", _FAILED, acts=_OWN),
]  # fmt: skip

# They go on speaking, so nothing comes after them.
FOLLOWING = [
    Row(JobsState, "follow", "/create"),
    Row(QueueState, "follow", "/queue"),
    Row(ModelsState, "follow", "/admin/models"),
]

# What only draws: nothing is asked of the database, so nothing can follow from it for anybody.
_DRAWING: Mapping[State, Mapping[str, Mapping[str, Any]]] = {
    NoticeState: {"dismiss": {}, "report_defect": {}},
    ImageState: {"leave": {}, "start_editing": {}, "cancel_editing": {}},
    ChosenState: {"leave": {}, "select": {"ids": ["{image_id}"]}},
    TrashState: {"leave": {}, "select": {"ids": ["{image_id}"]}},
    ProfileState: {"leave": {}},
    VerifyState: {"leave": {}},
    ResetState: {"leave": {}},
    PeopleState: {"look_for": {"text": "a"}, "forget_question": {}},
    OwnProfileState: {"start_changing_email": {}, "keep_email": {}},
    SessionsState: {"ask_end_others": {}, "forget_question": {}},
    KeysState: {"forget_question": {}},
    CreateState: {
        "keep": {"name": "prompt", "text": "a"},
        "type_seed": {"text": "7"},
        "lock_seed": {"locked": True},
        "forget_beginning": {},
    },
    JobsState: {"dismiss": _WAITING},
    ProvidersState: {"ask_unlink": {"provider": "github"}, "forget_question": {}},
}
DRAWING = [
    Row(state, handler, arguments=arguments)
    for state, handlers in _DRAWING.items()
    for handler, arguments in handlers.items()
]
