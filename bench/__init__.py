"""The measured budgets: each part prints its own table, `python -m bench` one of them all."""
