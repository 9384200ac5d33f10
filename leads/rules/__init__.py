"""Criteria that say when a lead is ready: read, checked, and compiled to one SQL expression."""
