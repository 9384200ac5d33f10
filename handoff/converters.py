"""Path parts that views can trust."""

from typing import Final

from django.urls import register_converter

LARGEST_BIGINT: Final = 2**63 - 1


class RowId:
    """`<id:pk>`: a row's id that a bigint column can hold; anything else matches no route."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        pk = int(value)
        if pk > LARGEST_BIGINT:
            raise ValueError("no row has this id")
        return pk

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(RowId, "id")
