"""``judge serve``: the judge over HTTP, as an API (contract, section 5) and as pages that work without scripts.

server.py            listening, signals, the data folder, the secret that signs cookies; memory.py keeps it small
patience.py          connections whose request does not arrive; warming.py makes the first pages ahead
app.py, state.py     the application: its routes, and what its parts share
guard.py             what every request passes: origin, size, security headers
problems_details.py  every error as RFC 9457 problem details, or as a page for a browser
intake.py            from a request's body to a submission
api.py, events.py    the API; trial.py and review.py hold its other routes; openapi.py and schema.py describe it

render.py            from a template and values to a page: language, nonce, compression; assets.py serves static/
pages.py, view.py    the pages; markdown.py makes HTML of a package's texts, pictures/ draws
runs.py              running code without handing it in, beside the editor
review_page.py       what can be learnt from an accepted solution
visitor.py           the cookie that lists what was handed in from a browser; progress.py shows it

static/              what the browser loads; editor.js there is built in editor/, the rest is as it was written
"""
