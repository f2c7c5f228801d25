"""The small signs of the reference: methods, statuses, names of problems."""

from app.openapi.page.markup import Markup, element


def verb(method: str) -> Markup:
    """A method."""
    return element("span", method.upper(), class_=f"verb {method}")


def status_sign(status: str) -> Markup:
    """A status, coloured by its class."""
    return element("span", status, class_=f"status s{status[0]}")


def problem_link(name: str) -> Markup:
    """The name of a kind of problem, which leads to its explanation."""
    return element("a", name, href=f"/problems/{name}", class_="problem")
