"""The example request of an operation as a curl command, for a shell with $URL and $TOKEN."""

import shlex

from app.openapi.description import Operation, Parameter
from app.openapi.pretty import pretty


def command(operation: Operation) -> str:
    """One command, an option a line; it works when it is pasted."""
    lines = [f'curl {_method(operation)}"$URL{address(operation)}"']
    if operation.access != "public":
        lines.append('-H "Authorization: Bearer $TOKEN"')
    lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in sent_headers(operation).items()]
    if (body := sent_body(operation)) is not None:
        lines.append(f"-d {shlex.quote(body)}")
    return " \\\n  ".join(lines)


def has_example(operation: Operation) -> bool:
    """Whether there is an example request to show."""
    return all(content.example is not None for content in operation.body.values())


def address(operation: Operation) -> str:
    """Path and query of the example request."""
    path = operation.path
    for parameter in _placed(operation, "path"):
        path = path.replace(f"{{{parameter.name}}}", str(parameter.example))
    query = "&".join(f"{each.name}={operation.sample[each.name]}" for each in _sampled(operation, "query"))
    return f"{path}?{query}" if query else path


def sent_headers(operation: Operation) -> dict[str, str]:
    """The headers of the example request, without the token."""
    headers = {each.name: operation.sample[each.name] for each in _sampled(operation, "header")}
    media = next(iter(operation.body), None)
    return headers if media is None else {"Content-Type": media, **headers}


def sent_body(operation: Operation) -> str | None:
    """The body of the example request."""
    for content in operation.body.values():
        example = content.example
        return example if isinstance(example, str) else pretty(example, indent=2)
    return None


def _method(operation: Operation) -> str:
    return "" if operation.method == "get" else f"-X {operation.method.upper()} "


def _placed(operation: Operation, place: str) -> list[Parameter]:
    return [parameter for parameter in operation.parameters if parameter.place == place]


def _sampled(operation: Operation, place: str) -> list[Parameter]:
    return [parameter for parameter in _placed(operation, place) if parameter.name in operation.sample]
