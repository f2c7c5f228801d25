"""How new a read must be: Fold-After, and how long it may wait for that."""

from sanic.request import Request

from app.routes.preferring import READS, Preferences, patience, preferences
from app.routes.reading import header
from queries.freshness import AS_IT_IS, Freshness
from queries.standing import read_positions


def freshness(request: Request, partitions: int) -> tuple[Freshness, Preferences]:
    """How new the answer must be, and what the client prefers besides. Raises QueryInvalid, HeaderInvalid."""
    preferred = preferences(request, READS)
    wanted = header(request, "fold-after")
    if wanted is None:
        return AS_IT_IS, preferred
    after, seconds = read_positions(wanted, partitions), patience(preferred)
    return Freshness(after) if seconds is None else Freshness(after, seconds), preferred
