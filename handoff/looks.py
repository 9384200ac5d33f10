"""How states look: each has a kind (a colour in both themes) and an icon; the word comes along.

Kinds: ok, risk, late, info, brand, muted. Values are those of the flow's own tables.
"""

from typing import Final

SYMBOLS: Final = {
    "ok": "check",
    "risk": "clock-alert",
    "late": "triangle-alert",
    "info": "info",
    "brand": "star",
    "muted": "circle",
}

STATES: Final = {
    "new": ("muted", "sparkle"),
    "mql": ("brand", "star"),
    "handed_off": ("info", "inbox"),
    "waiting": ("info", "inbox"),
    "claimed": ("brand", "hand"),
    "accepted": ("brand", "thumbs-up"),
    "returned": ("risk", "undo-2"),
    "recycled": ("muted", "refresh-cw"),
    "won": ("ok", "trophy"),
    "lost": ("late", "circle-x"),
    "withdrawn": ("muted", "log-out"),
    "disqualified": ("muted", "ban"),
    "running": ("info", "timer"),
    "met": ("ok", "check"),
    "breached": ("late", "triangle-alert"),
    "cancelled": ("muted", "circle-slash"),
    "superseded": ("muted", "arrow-right-left"),
    "waived": ("muted", "circle-slash"),
    "uploaded": ("info", "columns-3"),
    "ready": ("info", "list-checks"),
    "finished": ("ok", "check"),
    "failed": ("late", "triangle-alert"),
    "draft": ("muted", "pencil"),
    "proposed": ("info", "send"),
    "signed": ("ok", "signature"),
    "unsigned": ("risk", "signature"),
    "active": ("ok", "check"),
    "retired": ("muted", "history"),
    "sent": ("ok", "check"),
    "silent": ("muted", "bell-off"),
}
