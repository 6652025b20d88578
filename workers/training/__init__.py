"""Teaches the gallery's own small models, `postcard-clip` and `postcard-diffusion`, from scenes that it paints."""
