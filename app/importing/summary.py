"""What became of the records of an import."""

from dataclasses import dataclass, field

MOST_TOLD = 100


@dataclass(slots=True)
class Summary:
    """What became of the records. `refused` keeps the first 100 with their lines."""

    stored: int = 0
    unchanged: int = 0
    skipped: int = 0
    refused_count: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many records were dealt with."""
        return self.stored + self.unchanged + self.skipped + self.refused_count

    def refuse(self, line: int, reason: str) -> None:
        """Count a record that did not go in."""
        self.refused_count += 1
        if len(self.refused) < MOST_TOLD:
            self.refused.append((line, reason))
