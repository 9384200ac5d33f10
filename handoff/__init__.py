"""Roof and ground of the house.

The ground is four kernel apps: people, calendars, journal and notices. The roof is what sits on
top of every app: settings, the URL map, the API, Celery and the launcher.
"""

from handoff.celery import app as celery_app

__all__ = ["celery_app"]
