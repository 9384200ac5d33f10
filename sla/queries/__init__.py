"""Reads where several tables meet, as typed rows: one module for each page's word."""
