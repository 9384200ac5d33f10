"""The measured budgets: each module prints one table, `python -m bench` all of them."""
