"""How samples come in: source > decode > validate > queue > writer; history files are written in bulk."""
