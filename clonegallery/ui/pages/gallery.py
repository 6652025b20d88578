import reflex as rx


def page() -> rx.Component:
    return rx.el.main("CloneGallery")
