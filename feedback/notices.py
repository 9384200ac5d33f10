"""Reactions of feedback to the journal."""
