"""Reactions of sla to the journal."""
