"""Typed readers of the process environment; the only place that reads it for settings."""

from environs import Env

env = Env()


def text(name: str, default: str = "") -> str:
    return str(env.str(name, default))


def flag(name: str, default: bool = False) -> bool:
    return bool(env.bool(name, default))


def number(name: str, default: int) -> int:
    return int(env.int(name, default))


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list; blanks are dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def postgres(name: str = "DATABASE_URL") -> dict[str, object]:
    """Django's database settings from a URL such as postgresql://user@host:5432/name."""
    url = text(name, "postgresql:///handoff")
    parsed = Env()
    config: dict[str, object] = dict(parsed.dj_db_url(name, url))
    return config
