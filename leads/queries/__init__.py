"""Reads in which several tables meet, as typed rows."""
