"""Examples without a deadline: the first cut of a run loads a dictionary."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
