"""Who may open what: every route of the house, its methods, and whom it answers.

Beside a route stand its methods, the people who may, and the thing whose id is in its path. Of
the eight people of the access matrix, whoever may not gets 403; who may but does not see the
thing gets 404; a visitor is led to the sign-in page (401 in the API); any other method is 405.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Door = Literal["page", "api", "public", "account"]
Who = frozenset[str]

ALL: Final[Who] = frozenset({"mara", "olga", "sam", "tess", "otto", "max", "ada"})
MARKETING: Final[Who] = frozenset({"mara", "olga", "ada"})
SELLING: Final[Who] = frozenset({"sam", "tess", "otto", "ada"})
QUEUE: Final[Who] = SELLING | {"max"}
LEADS: Final[Who] = MARKETING | {"max"}
BOARD: Final[Who] = frozenset({"tess", "max", "ada"})
REASSIGN: Final[Who] = BOARD
REPORTS: Final[Who] = BOARD
WITHDRAW: Final[Who] = MARKETING | REASSIGN
AGREE: Final[Who] = BOARD
HOLD: Final[Who] = frozenset({"sam", "tess", "max", "ada"})
WAIVE: Final[Who] = frozenset({"max", "ada"})
ADA: Final[Who] = frozenset({"ada"})

SEES: Final[Mapping[str, Who]] = {
    "lead": ALL - {"olga", "otto"},
    "waiting": ALL - {"olga", "otto"},
    "held": ALL - {"olga", "otto"},
    "running": ALL - {"olga", "otto"},
    "late": ALL - {"olga", "otto"},
    "contested": ALL - {"olga", "otto"},
    "over": ALL - {"olga", "otto"},
    "step": ALL - {"olga", "otto"},
    "ended": ALL - {"olga", "otto"},
    "asked": ALL - {"olga", "otto"},
    "marketing": frozenset({"mara", "max", "ada"}),
    "campaign": ALL - {"olga", "otto"},
    "batch": ALL - {"olga", "otto"},
    "drafted": ALL - {"olga"},
    "proposed": ALL - {"olga"},
    "notice": frozenset({"mara"}),
    "sales": ALL - {"olga", "otto"},
    "agreed": ALL - {"otto"},
    "written": ALL - {"otto"},
    "unsigned": ALL - {"otto"},
    "person": ALL,
    "team": ALL,
    "seller": frozenset({"sam", "tess", "max", "ada"}),
    "absence": frozenset({"sam", "tess", "max", "ada"}),
    "token": ADA,
    "calendar": ALL,
    "report": ALL,
}
"""Who sees each thing of the matrix, where a lead of Mara's was handed to Sam's team."""


@dataclass(frozen=True)
class Route:
    """`send` is a body that is right in itself, where a wrong one is refused before the person;
    `$lead` in it stands for the id of a lead. Where `arg` is empty, the body names the thing.
    """

    door: Door
    methods: tuple[str, ...]
    who: Who = ALL
    thing: str = ""
    send: Mapping[str, Any] = field(default_factory=dict)
    arg: str = "pk"
    also: frozenset[int] = frozenset()


def page(methods: str, who: Who = ALL, thing: str = "", **more: Any) -> Route:
    return Route("page", tuple(methods.split()), who, thing, **more)


def api(methods: str, who: Who = ALL, thing: str = "", **more: Any) -> Route:
    return Route("api", tuple(methods.split()), who, thing, **more)


def public(methods: str, **more: Any) -> Route:
    return Route("public", tuple(methods.split()), **more)


def account() -> Route:
    """A page of allauth: open or led elsewhere, as that library tests; here it only never fails."""
    return Route("account", ())


LEAD: Final = {"name": "Ana Prado", "email": "ana@acme.example", "team": "$marketing"}
TOUCH: Final = {"lead": "$lead", "kind": "visit"}
BECAUSE: Final = {"why": "The line was down."}
WHY: Final = {"reason": "Asked for a price."}
GROUP: Final = {"reason": "bad_data"}
TERMS: Final = {
    "calendar": "$calendar",
    "claim_accepts": True,
    "clauses": [{"kind": "claim", "target": 900}],
}

ROUTES: Final[Mapping[str, Route | tuple[Route, ...]]] = {
    # who belongs here
    "home": page("GET"),
    "setup": public(""),
    "language": public("POST"),
    "help": page("GET"),
    "profile": page("GET POST"),
    "people": page("GET", ADA),
    "person_add": page("GET POST", ADA),
    "person": page("GET POST", ADA, "person"),
    "person_link": page("POST", ADA, "person"),
    "person_deactivate": page("POST", ADA, "person"),
    "person_activate": page("POST", ADA, "person"),
    "teams": page("GET POST", ADA),
    "team": page("GET POST", ADA, "team"),
    "team_archive": page("POST", ADA, "team"),
    "team_restore": page("POST", ADA, "team"),
    "tokens": page("GET POST", ADA),
    "token_revoke": page("POST", ADA, "token"),
    # what they are told
    "notices:bell": page("GET"),
    "notices:read_all": page("POST"),
    "notices:follow": page("GET", ALL, "notice"),
    # leads come in
    "leads:desk": page("GET", MARKETING),
    "leads:search": page("GET"),
    "leads:list": page("GET", LEADS),
    "leads:list_csv": page("GET", LEADS),
    "leads:new": page("GET POST", MARKETING),
    "leads:lead": page("GET", LEADS, "lead"),
    "leads:edit": page("GET POST", MARKETING, "lead"),
    "leads:timeline": page("GET", LEADS, "lead"),
    "leads:imports": page("GET POST", MARKETING),
    "leads:import": page("GET POST", MARKETING, "batch"),
    "leads:begin_import": page("POST", MARKETING, "batch"),
    "leads:discard_import": page("POST", MARKETING, "batch"),
    "leads:import_progress": page("GET", MARKETING, "batch"),
    "leads:quarantine_csv": page("GET", MARKETING, "batch"),
    "leads:campaigns": page("GET", LEADS),
    "leads:new_campaign": page("GET POST", LEADS),
    "leads:campaign": page("GET POST", LEADS, "campaign"),
    # what makes a lead ready is agreed
    "leads:rules": (page("GET"), page("POST", MARKETING)),
    "leads:rule_set": page("GET", ALL, "proposed"),
    "leads:edit_rules": page("GET POST", MARKETING, "drafted"),
    "leads:preview_rules": page("POST", MARKETING, "drafted"),
    "leads:ideas": page("GET POST", MARKETING, "drafted"),
    "leads:ideas_found": page("GET", MARKETING, "drafted"),
    "leads:rules_file": page("GET", ALL, "proposed"),
    "leads:rules_progress": page("GET", ALL, "proposed"),
    "leads:backtest": page("GET", ALL, "proposed"),
    "leads:backtest_figures": page("GET", ALL, "proposed"),
    "leads:backtest_criteria_csv": page("GET", ALL, "proposed"),
    "leads:backtest_origins_csv": page("GET", ALL, "proposed"),
    "leads:propose_rules": page("POST", MARKETING, "drafted"),
    "leads:approve_rules": page("POST", BOARD, "proposed"),
    "leads:send_back_rules": page("POST", BOARD, "proposed"),
    # leads are qualified and handed off
    "leads:score": page("GET", LEADS, "lead"),
    "leads:qualify_many": page("POST", MARKETING),
    "leads:dismiss_many": page("POST", MARKETING),
    "leads:disqualify_many": page("POST", MARKETING),
    "leads:qualify": page("POST", MARKETING, "lead"),
    "leads:dismiss": page("POST", MARKETING, "lead"),
    "leads:disqualify": page("POST", MARKETING, "lead"),
    "leads:offer": page("GET POST", MARKETING, "lead"),
    "leads:offer_preview": page("POST", MARKETING, "lead"),
    "leads:handoff": page("GET", ALL, "held"),
    "leads:withdraw": page("POST", WITHDRAW, "waiting"),
    # leads are claimed, worked and brought to an end
    "leads:claim": page("POST", SELLING, "waiting"),
    "leads:claim_next": page("POST", SELLING, "sales"),
    "leads:reassign": page("POST", REASSIGN, "held"),
    "leads:attempt": page("POST", SELLING, "held"),
    "leads:plan": page("POST", SELLING, "held"),
    "leads:step_done": page("POST", SELLING, "step"),
    "leads:accept": page("POST", SELLING, "held"),
    "leads:return": page("POST", SELLING, "held"),
    "leads:win": page("POST", SELLING, "held"),
    "leads:lose": page("POST", SELLING, "held"),
    # what was promised
    "sla:queue": page("GET", QUEUE),
    "sla:rows": page("GET", QUEUE),
    "sla:work": page("GET", SELLING),
    "sla:owed": page("GET", MARKETING),
    "sla:clocks": page("GET", ALL, "held"),
    "sla:pause": page("POST", HOLD, "running", send=BECAUSE),
    "sla:resume": page("POST", HOLD, "running"),
    "sla:reopen": page("POST", BOARD, "over", send=BECAUSE),
    "sla:contest": page("POST", HOLD, "late", send=BECAUSE),
    "sla:waive": page("POST", WAIVE, "contested", send=BECAUSE),
    "sla:keep": page("POST", WAIVE, "contested", send=BECAUSE),
    "sla:board": page("GET", BOARD),
    "sla:what_if": page("GET", BOARD),
    "sla:what_if_answer": page("GET", BOARD),
    "sla:agreement": page("GET"),
    "sla:agreement_of": page("GET", ALL, "agreed", arg="team_id"),
    "sla:draft_agreement": page("GET POST", AGREE),
    "sla:draft_agreement_of": page("GET POST", AGREE, "sales", arg="team_id"),
    "sla:agreement_version": page("GET", ALL, "unsigned"),
    "sla:edit_agreement": page("GET POST", AGREE, "written"),
    "sla:copy_agreement": page("POST", AGREE, "written"),
    "sla:propose_agreement": page("POST", AGREE, "written"),
    "sla:sign_agreement": page("POST", AGREE, "unsigned"),
    "sla:send_back_agreement": page("POST", AGREE, "unsigned"),
    "sla:calendars": page("GET", ADA),
    "sla:new_calendar": page("GET POST", ADA),
    "sla:calendar": page("GET POST", ADA, "calendar"),
    "sla:calendar_preview": page("POST", ADA),
    "sla:move_clocks": page("POST", ADA, "calendar"),
    "sla:archive_calendar": page("POST", ADA, "calendar"),
    "sla:regions": page("GET", ADA),
    "sla:absences": page("GET POST", ALL, "seller"),
    "sla:end_absence": page("POST", ALL, "absence"),
    # what was learned
    "feedback:list": page("GET", LEADS),
    "feedback:owed": page("GET", QUEUE),
    "feedback:of_lead": page("GET", ALL, "lead", arg="lead_id"),
    "feedback:form": page("GET POST", QUEUE, "ended", arg="handoff_id"),
    "feedback:reply": page("GET POST", LEADS, "ended", arg="handoff_id"),
    "feedback:reports": page("GET", REPORTS),
    "feedback:sides": page("GET", REPORTS),
    "feedback:csv": page("GET", REPORTS, "report", arg="name"),
    # the same over the API
    "api:schema": public("GET"),
    "api:docs": public("GET"),
    "api:leads": (api("GET"), api("POST", MARKETING, "marketing", arg="", send=LEAD)),
    "api:lead": (api("GET", ALL, "lead"), api("PATCH", MARKETING, "lead", send={"city": "Recife"})),
    "api:interactions": api("POST", MARKETING, "lead", arg="", send=TOUCH),
    "api:interaction_batch": api(
        "POST", ALL, send={"interactions": [{"lead": 1, "kind": "visit"}]}
    ),
    "api:backtest": api("GET", ALL, "proposed"),
    "api:rules": (
        api("GET"),
        api("POST", MARKETING, "marketing", arg="", send={"team": "$marketing", "rules": {}}),
    ),
    "api:rule_set": (
        api("GET", ALL, "drafted"),
        api("PUT", MARKETING, "drafted", send={"rules": {}, "revision": 1}),
    ),
    "api:preview_rules": api("POST", MARKETING | BOARD, "drafted"),
    "api:propose_rules": api("POST", MARKETING, "drafted"),
    "api:approve_rules": api("POST", BOARD, "proposed"),
    "api:send_back_rules": api("POST", BOARD, "proposed", send={"why": "Too many."}),
    "api:score": api("GET", ALL, "lead"),
    "api:qualify": api("POST", MARKETING, "lead", send=WHY),
    "api:dismiss": api("POST", MARKETING, "lead", send=WHY),
    "api:disqualify": api("POST", MARKETING, "lead", send=WHY),
    "api:ideas": api("GET", MARKETING, "drafted"),
    "api:handoffs": (
        api("GET"),
        api("POST", MARKETING, "lead", arg="", send={"lead": "$lead", "team": "$sales"}),
    ),
    "api:handoff": api("GET", ALL, "held"),
    "api:withdraw": api("POST", WITHDRAW, "waiting"),
    "api:claim": api("POST", SELLING, "waiting"),
    "api:claim_next": api("POST", SELLING, "sales", arg="", send={"team": "$sales"}),
    "api:reassign": api("POST", REASSIGN, "held", send={"to": "$person"}),
    "api:attempts": api("POST", SELLING, "held", send={"channel": "call", "result": "two_way"}),
    "api:plan": api("POST", SELLING, "held", send={"what": "Call", "due_at": "2027-01-04T12:00Z"}),
    "api:step_done": api("POST", SELLING, "step"),
    "api:accept": api("POST", SELLING, "held"),
    "api:return": api("POST", SELLING, "held", send=GROUP),
    "api:win": api("POST", SELLING, "held", send={"value": "900.00"}),
    "api:lose": api("POST", SELLING, "held", send=GROUP),
    "api:queue": api("GET", QUEUE),
    "api:clocks": api("GET", ALL, "held"),
    "api:delays": api("GET", ALL, "held"),
    "api:pause": api("POST", HOLD, "running", send=BECAUSE),
    "api:resume": api("POST", HOLD, "running"),
    "api:reopen": api("POST", BOARD, "over", send=BECAUSE),
    "api:contest": api("POST", HOLD, "late", send=BECAUSE),
    "api:waive": api("POST", WAIVE, "contested", send=BECAUSE),
    "api:keep": api("POST", WAIVE, "contested", send=BECAUSE),
    "api:move_clocks": api("POST", ADA, "calendar"),
    "api:board": api("GET", BOARD),
    "api:what_if": api("GET", BOARD),
    "api:absences": api(
        "GET POST", ALL, "seller", send={"first": "2027-01-04", "last": "2027-01-08"}
    ),
    "api:end_absence": api("POST", ALL, "absence"),
    "api:agreement": (api("GET"), api("POST", AGREE, send=TERMS)),
    "api:agreement_versions": api("GET"),
    "api:agreement_version": (
        api("GET", ALL, "unsigned"),
        api("PUT", AGREE, "unsigned", send={**TERMS, "revision": 1}),
    ),
    "api:copy_agreement": api("POST", AGREE, "written"),
    "api:propose_agreement": api("POST", AGREE, "written", send={"why": "Try it."}),
    "api:sign_agreement": api("POST", AGREE, "unsigned"),
    "api:send_back_agreement": api("POST", AGREE, "unsigned", send={"why": "Too soon."}),
    "api:handoff_feedback": (
        api("GET", ALL, "asked", arg="handoff_id"),
        api("POST", QUEUE, "asked", arg="handoff_id", send={"quality": 4, "accepted": True}),
    ),
    "api:feedback_reply": api(
        "POST", LEADS, "asked", arg="handoff_id", send={"text": "We looked."}
    ),
    "api:feedback": api("GET", LEADS),
    "api:report": api("GET", REPORTS, "report", arg="name"),
    # accounts
    "account_login": account(),
    "account_logout": account(),
    "account_inactive": account(),
    "account_signup": account(),
    "account_reauthenticate": account(),
    "account_email": account(),
    "account_email_elsewhere": account(),
    "account_email_verification_sent": account(),
    "account_change_password": account(),
    "account_set_password": account(),
    "account_reset_password": account(),
    "account_confirm_login_code": account(),
    "account_confirm_email": account(),
    "account_reset_password_from_key": account(),
    "account_reset_password_from_key_done": account(),
    "account_reset_password_done": account(),
    "mfa_index": account(),
    "mfa_authenticate": account(),
    "mfa_reauthenticate": account(),
    "mfa_activate_totp": account(),
    "mfa_deactivate_totp": account(),
    "mfa_view_recovery_codes": account(),
    "mfa_generate_recovery_codes": account(),
    "mfa_download_recovery_codes": account(),
    # the roof
    "gallery": public(""),
    "live": public("GET"),
    "ready": public("GET", also=frozenset({503})),
    "prometheus-django-metrics": public("GET"),
}


def routes_of(name: str) -> tuple[Route, ...]:
    found = ROUTES[name]
    return found if isinstance(found, tuple) else (found,)
