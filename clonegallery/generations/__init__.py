"""Pictures that people have made: asked for, queued, watched as they form, and put into the gallery."""
