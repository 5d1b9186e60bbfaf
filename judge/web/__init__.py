"""The same judge over HTTP: an API, and pages that need no script.

    server.py    judge serve: sockets, signals, the order of starting and stopping
    app.py       routes and error handlers put together
    desk.py      what the routes work with
    api.py       /api, /healthz        stream.py, live.py   server-sent events
    pages.py     the pages             views.py             a stored report, ready for a template
    handin.py    a body -> a submission, or every finding about it
    fault.py     problem details       guard.py             who may ask, and headers of every answer
    openapi.py   the description of the API
    markdown.py, highlight.py          text of packages and source as HTML

All words stand in ``judge/words/*/web.toml``. What a candidate wrote reaches a page through Jinja's escaping only.
"""
