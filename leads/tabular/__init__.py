"""Tables out of whatever people call a CSV or an Excel file. Pure: no models, no settings."""
