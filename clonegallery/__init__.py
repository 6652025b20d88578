"""CloneGallery: a self-hosted gallery for the photographs people take and the images they generate."""

__version__ = "0.1.0"
