"""Symbols, schematics and their versions, frames and playback."""
