"""What can be wrong with a file, or with lines, to import."""

from dataclasses import dataclass

from events.errors import FoldbaseError


@dataclass(eq=False)
class FileUnusable(FoldbaseError):
    """The file as a whole can not be imported; nothing of it went in."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


@dataclass(eq=False)
class RecordInvalid(FoldbaseError):
    """One record can be no document; the others are not touched by it. `pointer`: where in it."""

    reason: str
    pointer: str = ""

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class LineTooLong(FoldbaseError):
    """One line has more bytes than any document needs; it was not even kept."""

    most: int

    def __str__(self) -> str:
        return f"the line is longer than {self.most:,} bytes"


@dataclass(eq=False)
class RemoteRefused(FoldbaseError):
    """A deployment elsewhere can not be imported into like this; sending it again would not help."""

    url: str
    detail: str
    status: int = 0

    def __str__(self) -> str:
        return f"{self.url}: {self.detail}"


@dataclass(eq=False)
class RemoteAway(FoldbaseError):
    """A deployment elsewhere does not answer (any more). stored: what had gone in by then, under `key`."""

    url: str
    reason: str
    stored: int = 0
    key: str | None = None

    def __str__(self) -> str:
        text = f"{self.url} does not answer: {self.reason}"
        if not self.stored:
            return text
        again = "run it again" if self.key is None else f"run it again with --key {self.key}"
        return f"{text}; {self.stored:,} documents are stored; to go on, {again}"
