"""The menu shows what a person may open, and the gallery is for those who administer."""

import pytest

from handoff.menu import PLACES, menu
from handoff.people.access import WORDS, reach_of
from tests.cast import Cast
from tests.conftest import ClientOf


def pages(words: frozenset[str]) -> list[str]:
    return [link.place.page for link in menu(words, "/queue/12")]


def test_everyone_sees_only_what_their_words_open(cast: Cast) -> None:
    assert {"sla:queue", "sla:work"} <= set(pages(reach_of(cast.sam).words))
    assert "sla:queue" not in pages(reach_of(cast.mara).words)
    assert "people" not in pages(reach_of(cast.max).words)


def test_the_page_that_one_is_on_is_current() -> None:
    current = [
        link.place.page for link in menu({"see_queue", "work"}, "/queue/rows/") if link.current
    ]
    assert current == ["sla:queue"]


def test_every_word_of_the_menu_is_held_by_someone_and_every_key_is_its_own() -> None:
    held = frozenset().union(*WORDS.values())
    assert {place.word for place in PLACES if place.word} <= held
    assert len({place.key for place in PLACES}) == len(PLACES)


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("sam", 404)])
def test_the_gallery_is_for_administrators(
    cast: Cast, client_of: ClientOf, who: str, status: int
) -> None:
    assert client_of(getattr(cast, who)).get("/gallery/").status_code == status


def test_the_gallery_is_only_read(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.ada).post("/gallery/").status_code == 405


@pytest.mark.parametrize("language", ["en", "pt-br"])
def test_every_component_renders_in_both_languages(
    cast: Cast, client_of: ClientOf, language: str
) -> None:
    cast.ada.language = language
    cast.ada.save(update_fields=["language"])
    page = client_of(cast.ada).get("/gallery/").content.decode()
    assert f'<html lang="{language}"' in page
    assert 'style="' not in page
