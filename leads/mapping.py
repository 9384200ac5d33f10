"""What the columns of a file mean, written down as JSON; see docs/importing.md. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.arrival import LABELS, SETTERS, UTM
from leads.identity import folded
from leads.instants import COMMON, UnknownFormat, reader

INSTANTS: Final = ("occurred_at", "marketing_qualified_at", "won_at", "lost_at", "ended_at")
OUTCOMES: Final = ("outcome", "value")
FIELDS: Final = (*SETTERS, *INSTANTS, *OUTCOMES)
MORE_LABELS: Final[Mapping[str, Promise]] = {
    "occurred_at": gettext_lazy("day they came in"),
    "marketing_qualified_at": gettext_lazy("day they became an MQL"),
    "won_at": gettext_lazy("day it was won"),
    "lost_at": gettext_lazy("day it was lost"),
    "ended_at": gettext_lazy("day of the outcome"),
    "outcome": gettext_lazy("outcome (won or lost)"),
    "value": gettext_lazy("value of the sale"),
}
KEYS: Final = frozenset(
    {
        *("source", "team", "sales_team", "zone", "dates", "columns", "constants", "values"),
        *("attributes", "touch", "creates", "outcomes"),
    }
)
TOUCHES: Final = frozenset(
    {
        *("visit", "email_open", "email_click", "download", "event", "form", "demo_request"),
        *("price_request", "message"),
    }
)
CALLED: Final[Mapping[str, str]] = {
    "name": "full name, nome, nome completo, contact, contact name, contato, lead, cliente",
    "email": "email, e mail, email address, e mail address, endereco de e mail",
    "phone": "phone number, telephone, mobile, cell, celular, telefone, fone, whatsapp",
    "external_id": "id, lead id, mql id, contact id, record id, codigo, id externo, id do lead",
    "company": "company name, empresa, organization, organizacao, account, razao social",
    "job_title": "title, position, role, cargo, funcao",
    "city": "town, cidade, municipio",
    "region": "state, province, estado, uf, regiao",
    "origin": "source, lead source, channel, origem, canal, fonte",
    "campaign": "campaign name, campanha, nome da campanha",
    "landing_page": "landing page id, page, pagina, pagina de destino",
    "legal_basis": "base legal",
    "pains": "pain, dor, dores",
    "text": "message, comments, notes, mensagem, observacao, observacoes, comentario",
    "occurred_at": (
        "date, created, created at, created on, create date, date created, first contact date, "
        "data, criado em, data de criacao, data de entrada, data do primeiro contato"
    ),
    "marketing_qualified_at": "mql date, qualified at, data do mql",
    "won_at": "won date, closed won date, data de ganho, ganho em",
    "lost_at": "lost date, closed lost date, data de perda, perdido em",
    "value": "amount, deal value, valor, valor da venda",
    "outcome": "result, resultado",
}
"""What people call the fields, folded; beside the field's own name."""


class MappingProblem(ValueError):
    """The mapping does not say what it must; the text is a sentence for people."""


@dataclass(frozen=True)
class Plan:
    """A mapping that was read and checked.

    `columns` gives the fields of each column, `values` replacements by column, `attributes` the
    name under which a column is kept as it is (empty key: every column not used otherwise).
    `outcomes` is "complete" where the history holds every sale, so that an MQL without one counts
    as not won when criteria are tested against it.
    """

    columns: Mapping[str, Sequence[str]]
    source: str = ""
    team: str = ""
    sales_team: str = ""
    zone: str = "America/Sao_Paulo"
    dates: Sequence[str] = COMMON
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    attributes: Mapping[str, str] | None = None
    touch: str = "form"
    creates: bool = True
    outcomes: str = ""

    def kept(self) -> dict[str, Any]:
        """As JSON; `plan_from` is the way back."""
        return {
            "source": self.source,
            "team": self.team,
            "sales_team": self.sales_team,
            "zone": self.zone,
            "dates": list(self.dates),
            "columns": {column: list(fields) for column, fields in self.columns.items()},
            "constants": dict(self.constants),
            "values": {column: dict(known) for column, known in self.values.items()},
            "attributes": "*" if self.attributes is None else dict(self.attributes),
            "touch": self.touch or None,
            "creates": self.creates,
            **({"outcomes": self.outcomes} if self.outcomes else {}),
        }

    @property
    def fields(self) -> frozenset[str]:
        """Every field that some column or constant fills."""
        return frozenset(self.constants).union(*self.columns.values())

    @property
    def has_outcomes(self) -> bool:
        return not self.fields.isdisjoint({"won_at", "lost_at", "outcome"})

    def require_columns(self, present: Sequence[str]) -> None:
        """Raises MappingProblem where a column of the plan is not in the file."""
        named = [*self.columns, *self.values, *(self.attributes or ())]
        missing = [column for column in dict.fromkeys(named) if column not in set(present)]
        if missing:
            raise MappingProblem(
                _("The file has no column “%(missing)s”; it has %(present)s.")
                % {"missing": missing[0], "present": ", ".join(present[:30])}
            )


def plan_from(raw: Any, *, zone: str = "America/Sao_Paulo") -> Plan:
    """Read a mapping. Raises MappingProblem; `zone` is used where the mapping names none."""
    if not isinstance(raw, Mapping):
        raise MappingProblem(_("A mapping is a JSON object."))
    unknown = sorted(set(raw) - KEYS)
    if unknown:
        raise MappingProblem(_("A mapping has no “%(key)s”.") % {"key": unknown[0]})
    plan = Plan(
        columns=_columns(raw.get("columns")),
        source=_text(raw, "source"),
        team=_text(raw, "team"),
        sales_team=_text(raw, "sales_team"),
        zone=_zone(raw.get("zone") or zone),
        dates=_dates(raw.get("dates"), raw.get("zone") or zone),
        constants=_constants(raw.get("constants") or {}),
        values=_values(raw.get("values") or {}),
        attributes=_attributes(raw.get("attributes", [])),
        touch=_touch(raw.get("touch", "form")),
        creates=_flag(raw.get("creates", True)),
        outcomes=_outcomes(raw.get("outcomes")),
    )
    _require_identity(plan)
    return plan


def plan_from_text(text: str, *, zone: str = "America/Sao_Paulo") -> Plan:
    """Read a mapping out of a JSON text. Raises MappingProblem."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise MappingProblem(_("The mapping is not valid JSON.")) from None
    return plan_from(raw, zone=zone)


def guess(columns: Iterable[str]) -> dict[str, str]:
    """What each column probably is, in English or Portuguese; each field at most once."""
    guessed: dict[str, str] = {}
    for column in columns:
        words = folded(column)
        found = NAMES.get(words, "")
        if found and found not in guessed.values():
            guessed[column] = found
    return guessed


NAMES: Final = {folded(name): name for name in FIELDS} | {
    called: name for name, names in CALLED.items() for called in names.split(", ")
}


def label_of(name: str) -> str:
    """A field as people read it."""
    if name in UTM:
        return name
    return str(MORE_LABELS.get(name) or LABELS[name])


def _columns(raw: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(raw, Mapping) or not raw:
        raise MappingProblem(_("A mapping needs “columns”: what each column of the file is."))
    columns = {}
    for column, names in raw.items():
        fields = (names,) if isinstance(names, str) else names
        if not isinstance(fields, list | tuple):
            raise MappingProblem(_("“%(key)s” names no field.") % {"key": column})
        for name in fields:
            if name not in FIELDS:
                raise MappingProblem(
                    _("“%(field)s” is no field; the fields are %(fields)s.")
                    % {"field": str(name)[:80], "fields": ", ".join(FIELDS)}
                )
        columns[str(column)] = tuple(fields)
    return columns


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key) or ""
    if not isinstance(value, str) or len(value) > 120:
        raise MappingProblem(_("“%(key)s” is a text of at most 120 characters.") % {"key": key})
    return value.strip()


def _zone(name: Any) -> str:
    if name not in available_timezones():
        raise MappingProblem(_("“%(zone)s” is no time zone.") % {"zone": str(name)[:80]})
    return str(name)


def _dates(raw: Any, zone: str) -> tuple[str, ...]:
    formats = [raw] if isinstance(raw, str) else raw or COMMON
    try:
        reader([str(each) for each in formats], ZoneInfo(zone))
    except (UnknownFormat, TypeError):
        raise MappingProblem(
            _("A date format is made of d, m, Y, y, H, M and S, each after a percent sign.")
        ) from None
    return tuple(str(each) for each in formats)


def _constants(raw: Any) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        raise MappingProblem(_("“%(key)s” is an object.") % {"key": "constants"})
    for name in raw:
        known = name in SETTERS or name in INSTANTS
        if not known or name in ("external_id", "email", "phone"):
            raise MappingProblem(_("“%(field)s” cannot be a constant.") % {"field": str(name)[:80]})
    return {str(name): str(text) for name, text in raw.items()}


def _values(raw: Any) -> dict[str, dict[str, str]]:
    if not isinstance(raw, Mapping) or not all(isinstance(one, Mapping) for one in raw.values()):
        raise MappingProblem(_("“%(key)s” is an object of objects.") % {"key": "values"})
    return {
        str(column): {str(old).strip(): str(new) for old, new in known.items()}
        for column, known in raw.items()
    }


def _attributes(raw: Any) -> dict[str, str] | None:
    """None means every column that nothing else uses."""
    if raw == "*":
        return None
    if isinstance(raw, Mapping):
        return {str(column): str(name) for column, name in raw.items()}
    if isinstance(raw, list) and all(isinstance(one, str) for one in raw):
        return {one: one for one in raw}
    raise MappingProblem(_('“attributes” is "*", a list of columns, or an object of names.'))


def _touch(raw: Any) -> str:
    if raw is None or raw == "":
        return ""
    if raw not in TOUCHES:
        raise MappingProblem(
            _("“touch” is null or one of %(kinds)s.") % {"kinds": ", ".join(sorted(TOUCHES))}
        )
    return str(raw)


def _flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise MappingProblem(_("“creates” is true or false."))
    return raw


def _outcomes(raw: Any) -> str:
    if raw not in (None, "", "complete"):
        raise MappingProblem(_("“outcomes” is “complete”, or is left out."))
    return raw or ""


def _require_identity(plan: Plan) -> None:
    if plan.fields.isdisjoint({"email", "phone", "external_id"}):
        raise MappingProblem(_("Say which column is the e-mail, the phone or the external id."))
    if "external_id" in plan.fields and not plan.source:
        raise MappingProblem(_("An external id needs “source”: the system it comes from."))
    if "outcome" in plan.fields and "ended_at" not in plan.fields:
        raise MappingProblem(_("An outcome needs the column with its day, “ended_at”."))
