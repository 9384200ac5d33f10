"""Figures of a period, by the definitions of the field. Each module answers one question."""
