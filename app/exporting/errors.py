"""What can keep an export from being made, besides what any reader of the log may meet."""

from dataclasses import dataclass

from events.errors import FoldbaseError


@dataclass(eq=False)
class FileRefused(FoldbaseError):
    """The file to write to can not be written; what stood there stands there still."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"
