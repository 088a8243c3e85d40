"""How samples come in: sources > decode > schema > stream > writer; and history files straight in bulk."""
