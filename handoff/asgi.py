"""One process for everything: `/events` is a stream, the rest are pages served by threads.

Pages stay WSGI: eight threads hold eight connections to Postgres, however many streams are open.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import quote_from_bytes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handoff.settings")

from handoff.wsgi import application as pages

# isort: split
from django.conf import settings

from handoff.notices.hub import Easel, Hub
from handoff.stream import Events, Receive, Scope, Send
from handoff.threads import Threads
from sla.views.queue import picture_of_queue

SAFE_IN_QUERY: Final = "".join(map(chr, range(0x21, 0x7F)))

easel: Final = Easel(ThreadPoolExecutor(1, thread_name_prefix="easel"))
hub: Final = Hub(settings.REDIS_URL, easel)
events: Final = Events(hub, {"queue": picture_of_queue})
threads: Final = Threads(pages)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/events":
        await events(scope, receive, send)
    else:
        if not scope.get("query_string", b"").isascii():
            scope["query_string"] = quote_from_bytes(scope["query_string"], SAFE_IN_QUERY).encode()
        await threads(scope, receive, send)


async def live(receive: Receive, send: Send) -> None:
    """Listen from the first moment on, and close every stream at the last."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            await hub.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
