"""The screens: server-rendered pages, usable without JavaScript."""
