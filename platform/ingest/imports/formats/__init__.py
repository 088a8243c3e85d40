"""File formats: each reader turns a file into tables of text."""
