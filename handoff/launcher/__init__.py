"""Runs the whole house on one machine: servers, web, worker, beat and clocks under one parent.

`processes` says what runs, `ground` what must stand first, `supervision` what happens when one
dies, `screen` what the person at the terminal reads. The parent itself needs no database.
"""
