"""A walk through imports: all requests that bring about an answer described."""

from tests.openapi.steps import Step, plain, strangers

_NAME = "document_import"
_LINES = '{"id":"i1"}\n{\n{"id":"i1"}\n'
_TYPE = {"Content-Type": "application/x-ndjson"}


def imports(orders: str, strict: str) -> list[Step]:
    """Into the documents of `orders` and of `strict`, which demands conditions."""
    path = f"{orders}/import"
    return [
        _step(path, 200),
        Step(_NAME, "POST", path, 200, text=_LINES, headers={**_TYPE, "Prefer": "return=minimal"}, by="user"),
        _step(f"{strict}/import?on_conflict=skip", 200),
        _step(f"{path}?x=1", "parameter-unknown"),
        _step(f"{path}?on_conflict=x", "query-invalid"),
        _step(path, "header-invalid", **{"Idempotency-Key": ""}),
        Step(_NAME, "POST", path, "media-type-unsupported", text=_LINES, headers=plain()),
        _step(path, "coding-unsupported", **{"Content-Encoding": "br"}),
        _step("/v1/documents/nothing/import", "collection-missing"),
        _step(f"{strict}/import?on_conflict=replace", "condition-required"),
        *strangers(_NAME, "POST", path),
    ]


def _step(path: str, answer: int | str, **headers: str) -> Step:
    return Step(_NAME, "POST", path, answer, text=_LINES, headers={**_TYPE, **headers})
