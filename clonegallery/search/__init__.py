"""Finding pictures: by what they look like and, with the words of a search, by what they mean."""
