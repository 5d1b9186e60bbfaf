"""``judge serve``: the judge over HTTP, as an API (contract, section 5) and as pages that work without scripts.

server.py            listening, signals, the data folder
app.py, state.py     the application: its routes, and what its parts share
guard.py             what every request passes: origin, size, security headers
problems_details.py  every error as RFC 9457 problem details, or as a page for a browser
intake.py            from a request's body to a submission
api.py, events.py    the API; openapi.py describes it
pages.py, view.py    the pages; markdown.py makes HTML of a package's texts
"""
