"""The form: what to make, and how. Every field keeps what was typed, and says beneath itself why it was refused."""

from typing import Any

import reflex as rx
from reflex_base.vars import VarData

from clonegallery.ui import styles
from clonegallery.ui.components.forms import field
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link
from clonegallery.ui.events import calling, debounced
from clonegallery.ui.pages.create.sizes import CUSTOM, SizeView
from clonegallery.ui.pages.create.state import CreateState
from clonegallery.ui.pages.create.ways import demo_note

_MODEL, _WISH, _ERRORS = CreateState.model, CreateState.wish, CreateState.errors
_VISIBILITY = (("private", "Private: only you"), ("unlisted", "Unlisted: only by its link"), ("public", "Public"))
_TYPING_MS = 400
_COUNTS = tuple(str(count) for count in range(1, 9))
_SHOW_SHARE: rx.Var[str] = rx.Var("showShare", _var_data=VarData(imports={"$/public/create_form.js": ["showShare"]}))


def form() -> rx.Component:
    """Filled in anew whenever something else than its own fields says what shall stand in it."""
    return rx.el.form(
        _prompt(),
        rx.cond(_MODEL.takes_negative_prompt, _negative_prompt()),
        _model(),
        rx.cond(_MODEL.is_demo, demo_note()),
        rx.cond(CreateState.beginning.id != "", _beginning()),
        _sizes(),
        _count(),
        rx.el.div(
            rx.cond(_MODEL.steps != "", _text("steps", "Steps", hint=_MODEL.steps)),
            rx.cond(
                _MODEL.guidance != "", _text("guidance_scale", "Guidance scale", mode="decimal", hint=_MODEL.guidance)
            ),
            rx.cond(_MODEL.schedulers, _scheduler()),
            class_name="cg-form-pair",
        ),
        rx.cond(_MODEL.takes_seed, _seed()),
        _visibility(),
        rx.el.div(
            rx.el.button("Create", type="submit", class_name=f"{styles.PRIMARY} cg-create-button"),
            class_name="cg-create-do",
        ),
        key=f"{CreateState.filled}",
        on_submit=CreateState.submit,
        no_validate=True,
        aria_label="What to make",
        class_name="cg-form cg-create-form",
    )


def _control(name: str, *, described: bool = False) -> dict[str, Any]:
    """What every control has: its name, and which text says what is wrong with it, or else what belongs into it."""
    wrong = _ERRORS[name] != ""
    return {
        "id": name,
        "name": name,
        "class_name": styles.INPUT,
        "aria_invalid": rx.cond(wrong, "true", "false"),
        "aria_describedby": rx.cond(wrong, f"{name}-error", f"{name}-hint") if described else f"{name}-error",
    }


def _prompt() -> rx.Component:
    control = rx.el.textarea(
        default_value=_WISH.prompt,
        rows=5,
        on_change=calling(debounced(CreateState.keep, _TYPING_MS), "prompt"),
        on_blur=calling(CreateState.keep, "prompt"),
        placeholder="A red sun over a blue sea, seen from the harbour wall",
        enter_key_submit=False,
        **_control("prompt"),
    )
    return rx.el.div(field("prompt", "Prompt", control, error=_ERRORS["prompt"]), class_name="cg-create-prompt")


def _negative_prompt() -> rx.Component:
    name = "negative_prompt"
    control = rx.el.textarea(
        default_value=_WISH.negative_prompt,
        rows=2,
        on_blur=calling(CreateState.keep, name),
        **_control(name, described=True),
    )
    return field(name, "Negative prompt", control, hint="What shall not be in it.", error=_ERRORS[name])


def _model() -> rx.Component:
    control = rx.el.select(
        rx.foreach(
            CreateState.choices, lambda choice: rx.el.option(choice.label, value=choice.value, key=choice.value)
        ),
        value=_MODEL.value,
        on_change=CreateState.choose_model,
        **_control("model", described=True),
    )
    return field("model", "Model", control, hint=_MODEL.about, error=_ERRORS["model"])


def _beginning() -> rx.Component:
    """The picture to begin from, and how much of it is changed."""
    begins = CreateState.beginning
    return rx.el.div(
        page_link(
            rx.el.img(src=begins.thumb, alt=begins.title),
            to=begins.href,
            class_name="cg-beginning-picture",
            style={"aspectRatio": f"{begins.width} / {begins.height}"},
        ),
        rx.el.div(
            rx.el.div(
                rx.el.span("From this picture", class_name="cg-label"),
                rx.el.button(
                    icon("close", 18),
                    type="button",
                    on_click=CreateState.forget_beginning,
                    aria_label="Begin from nothing again",
                    class_name=styles.ICON_BUTTON,
                ),
                class_name="cg-beginning-head",
            ),
            rx.cond(
                _MODEL.takes_init_image,
                _strength(),
                rx.el.p("This model cannot begin from a picture.", class_name=styles.FIELD_ERROR),
            ),
            rx.el.p(_ERRORS["init_image_id"], role="alert", class_name=styles.FIELD_ERROR),
            class_name="cg-beginning-text",
        ),
        role="group",
        aria_label="The picture to begin from",
        class_name="cg-beginning",
    )


def _strength() -> rx.Component:
    control = rx.el.div(
        rx.el.input(
            type="range",
            min="0",
            max="1",
            step="0.05",
            default_value=_WISH.strength,
            custom_attrs={"onInput": _SHOW_SHARE},
            **(_control("strength", described=True) | {"class_name": "cg-range"}),
        ),
        rx.el.output(_WISH.strength, html_for="strength", class_name="cg-range-value"),
        class_name="cg-range-line",
    )
    hint = "0 keeps it as it is, 1 forgets it."
    return field("strength", "Strength", control, hint=hint, error=_ERRORS["strength"])


def _sizes() -> rx.Component:
    """One of the usual sizes; `create.css` shows the two sides while the last choice is the chosen one."""
    return rx.el.fieldset(
        rx.el.legend("Size"),
        rx.el.div(
            rx.foreach(_MODEL.sizes, _size),
            rx.cond(_MODEL.is_free, _own_size()),
            class_name="cg-sizes",
        ),
        rx.cond(
            _MODEL.is_free,
            rx.el.div(
                _text("width", "Width", hint=_MODEL.sides),
                _text("height", "Height", hint=_MODEL.sides),
                class_name="cg-form-pair cg-sides",
            ),
            rx.el.p(_ERRORS["width"], role="alert", class_name=styles.FIELD_ERROR),
        ),
        class_name=f"{styles.FIELD} cg-size-field",
    )


def _size(size: SizeView) -> rx.Component:
    return rx.el.label(
        _radio("size", size.value, _WISH.size),
        rx.el.i(style={"--cg-shape": size.shape}, aria_hidden="true"),
        rx.el.span(size.label, rx.el.small(size.detail)),
        key=size.value,
        class_name="cg-size",
    )


def _own_size() -> rx.Component:
    return rx.el.label(
        _radio("size", CUSTOM, _WISH.size),
        rx.el.i(class_name="cg-size-own", aria_hidden="true"),
        rx.el.span("Custom", rx.el.small("Your own sides")),
        class_name="cg-size",
    )


def _radio(name: str, value: Any, chosen: Any) -> rx.Component:
    return rx.el.input(
        type="radio",
        name=name,
        value=value,
        default_checked=chosen == value,
        on_change=calling(CreateState.keep, name),
        class_name=styles.HIDDEN,
    )


def _count() -> rx.Component:
    choices = (
        rx.el.label(_radio("count", count, _WISH.count), rx.el.span(count), class_name="cg-count") for count in _COUNTS
    )
    return rx.el.fieldset(
        rx.el.legend("Pictures"),
        rx.el.div(*choices, class_name="cg-counts"),
        rx.el.p(_ERRORS["count"], role="alert", class_name=styles.FIELD_ERROR),
        class_name=styles.FIELD,
    )


def _text(name: str, label: str, *, hint: Any, mode: str = "numeric") -> rx.Component:
    """A number, as text: what is no number is told beneath it and not thrown away by the browser."""
    control = rx.el.input(
        type="text",
        input_mode=mode,
        auto_complete="off",
        default_value=getattr(_WISH, name),
        on_blur=calling(CreateState.keep, name),
        **_control(name, described=True),
    )
    return field(name, label, control, hint=hint, error=_ERRORS[name])


def _scheduler() -> rx.Component:
    control = rx.el.select(
        rx.el.option("The model's own", value=""),
        rx.foreach(_MODEL.schedulers, lambda name: rx.el.option(name, value=name, key=name)),
        default_value=_WISH.scheduler,
        on_change=calling(CreateState.keep, "scheduler"),
        **_control("scheduler"),
    )
    return field("scheduler", "Scheduler", control, error=_ERRORS["scheduler"])


def _seed() -> rx.Component:
    """Locked it is kept; else each generation has a new one, and the field shows the last."""
    control = rx.el.div(
        rx.el.input(
            type="text",
            input_mode="numeric",
            auto_complete="off",
            default_value=_WISH.seed,
            placeholder="A new one each time",
            on_change=CreateState.type_seed,
            key=f"seed {CreateState.seeds}",
            **_control("seed", described=True),
        ),
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=CreateState.seed_locked,
                on_change=CreateState.lock_seed,
                aria_label="Keep this seed",
                class_name=styles.HIDDEN,
            ),
            icon("lock"),
            class_name=f"{styles.ICON_BUTTON} cg-seed-lock",
        ),
        class_name=rx.cond(CreateState.seed_locked, "cg-seed cg-seed-locked", "cg-seed"),
    )
    hint = rx.cond(
        CreateState.seed_locked, "Kept for every generation.", "A new one each time; the lock keeps this one."
    )
    return field("seed", "Seed", control, hint=hint, error=_ERRORS["seed"])


def _visibility() -> rx.Component:
    choices = (rx.el.option(label, value=value) for value, label in _VISIBILITY)
    control = rx.el.select(
        *choices,
        default_value=_WISH.visibility,
        on_change=calling(CreateState.keep, "visibility"),
        **_control("visibility"),
    )
    return field("visibility", "Who may see them", control, error=_ERRORS["visibility"])
