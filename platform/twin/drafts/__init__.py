"""What a person is drawing: saved while they work, and seen by others on the same schematic."""
