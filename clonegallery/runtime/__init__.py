"""How the gallery runs on one machine: installing, embedded servers, page build, supervision, and what is said meanwhile.

`progress` and `install` use the standard library only: they run before anything is installed.
"""
