"""Joins what the parts leave open: interfaces that one defines and another fills."""

from __future__ import annotations


def connect() -> None:
    from config.directory import RelationalDirectory
    from web.directory import set_directory

    set_directory(RelationalDirectory())
