"""How long a soak goes on, and what it draws: ROUNDS and SEED in the environment."""

from __future__ import annotations

import os
import random

ROUNDS = int(os.environ.get("ROUNDS", "20"))  # kills of each process; hostile requests by the 500
SEED = int(os.environ.get("SEED") or random.randrange(1, 1_000_000))
HOSTILE_REQUESTS = 500 * ROUNDS  # to each endpoint
