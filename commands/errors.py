"""What the write side refuses, and why.

Refused
  DocumentExists      it is there already              choose another id, or replace it
  DocumentMissing     it is not there                  create it first
  ConditionFailed     the client's precondition        read again, then decide
  BodyInvalid         no document can be like that     change the body
  SchemaViolated      the collection's schema says no  mend every violation listed
  PatchInvalid        no patch can be like that        mend the patch
  PatchUnfit          the patch does not fit           read again, then patch what is there
  UniqueTaken         another document has the value   choose another value
  RequestUnderWay     the same request is being done   wait, then send it again
  RequestDiffers      its key was used for another     choose a new key
  CommandRefused      one of several was refused       mend that one, send all again
  DependencyFailed    an earlier command failed        mend that one
  HistoryUnreadable   an event can not be applied      an operator: `foldbase parked`
"""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.errors import CatalogError
from events.errors import FoldbaseError


class Refused(FoldbaseError):
    """The rules said no; nothing was written."""


@dataclass(eq=False)
class DocumentExists(Refused):
    """A document with this id exists."""

    def __str__(self) -> str:
        return "a document with this id exists; replace it with PUT, or choose another id"


@dataclass(eq=False)
class DocumentMissing(Refused):
    """There is no document with this id (any more)."""

    def __str__(self) -> str:
        return "there is no document with this id"


@dataclass(eq=False)
class ConditionFailed(Refused):
    """The precondition the client set does not hold. `version` is the document's, 0 where there is none."""

    version: int

    def __str__(self) -> str:
        if self.version == 0:
            return "the precondition failed: there is no document with this id"
        return f"the precondition failed: the document is at version {self.version}; read it again"


@dataclass(eq=False)
class BodyInvalid(Refused):
    """The body can be no document here. `pointer` is the JSON pointer of the offending place."""

    pointer: str
    reason: str

    def __str__(self) -> str:
        return f"{self.pointer or 'the body'} {self.reason}"


@dataclass(eq=False)
class SchemaViolated(Refused):
    """The document breaks the collection's schema. `violations` are (JSON pointer, message), all of them."""

    violations: Sequence[tuple[str, str]]

    def __str__(self) -> str:
        count = len(self.violations)
        return f"the document breaks the collection's schema in {count} place{'s' if count > 1 else ''}"


@dataclass(eq=False)
class PatchInvalid(Refused):
    """No document could be patched so."""

    reason: str

    def __str__(self) -> str:
        return f"the patch is not valid: {self.reason}"


@dataclass(eq=False)
class PatchUnfit(Refused):
    """The patch is valid, but not for this document. `index` is that of the operation that failed."""

    index: int
    reason: str

    def __str__(self) -> str:
        return f"operation {self.index} of the patch does not fit the document: {self.reason}"


@dataclass(eq=False)
class UniqueTaken(Refused):
    """Another document of the collection holds the same values in fields declared unique."""

    fields: Sequence[str]

    def __str__(self) -> str:
        return f"another document has the same {', '.join(self.fields)}"


class RequestUnderWay(Refused):
    """The same request, with the same idempotency key, is being worked on."""

    def __str__(self) -> str:
        return "a request with this idempotency key is being worked on; send it again in a moment"


class RequestDiffers(Refused):
    """The idempotency key was used for a request that asked for something else."""

    def __str__(self) -> str:
        return "this idempotency key was used for another request; choose a new key for what is new"


@dataclass(eq=False)
class CommandRefused(Refused):
    """Of commands that stand or fall together, the one at `index` was refused: none took effect."""

    index: int
    error: FoldbaseError | CatalogError

    def __str__(self) -> str:
        return f"command {self.index} was refused, and with it all others: {self.error}"


@dataclass(eq=False)
class DependencyFailed(Refused):
    """A command needs the id of an earlier one, which failed. `index` is that of the earlier one."""

    index: int

    def __str__(self) -> str:
        return f"it needs the id of command {self.index}, which failed"


@dataclass(eq=False)
class HistoryUnreadable(Refused):
    """The log holds an event of this document that can not be applied: its state is not known."""

    stream: str

    def __str__(self) -> str:
        return (
            f"{self.stream} has an event that can not be applied; an operator can work it off: foldbase parked"
        )
