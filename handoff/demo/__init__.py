"""A believable company for a first look: generated, the same for the same seed, never real."""
