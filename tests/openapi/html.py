"""What a page is made of, as a strict reader of HTML sees it."""

from html.parser import HTMLParser

_VOID = {"meta", "br", "hr", "wbr"}
_LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping"}


class Read(HTMLParser):
    """Elements of a page. Unclosed or wrongly nested ones fail while it is read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.inline: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        assert not any(name.startswith("on") for name in values), f"a handler in <{tag}>"
        self.ids += [values["id"]] if "id" in values else []
        self.loaded += [value for name, value in values.items() if name in _LOADING]
        if tag == "a":
            self.links.append(values["href"])
        elif "href" in values:
            self.loaded.append(values["href"])
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in ("style", "script"):
            self.inline[self._open[-1]] = self.inline.get(self._open[-1], "") + data
