"""How the gallery runs on one machine: installing, embedded servers, page build, supervision, and saying so.

`progress` and `install` use the standard library only: they run before anything is installed.
"""
