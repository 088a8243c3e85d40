"""Joins what the parts leave open: interfaces that one defines and another fills."""

from __future__ import annotations


def connect() -> None:
    from config.dataplane import Stores
    from config.directory import RelationalDirectory
    from tenants.interfaces import set_data_plane
    from web.directory import set_directory

    set_directory(RelationalDirectory())
    set_data_plane(Stores())
