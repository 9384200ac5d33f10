"""When people work: calendar versions, windows, holidays, and exact arithmetic over them."""
