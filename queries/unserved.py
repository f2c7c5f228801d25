"""Why no index can serve a query: which part of it is to be mended, and what is the matter with that."""

from collections.abc import Mapping
from math import prod

from catalog.fields import MAX_FIELDS
from catalog.names import path_problem
from queries.constraints import Constraint, Points
from queries.planner import MOST_STRETCHES, Sort


def why_none(where: Mapping[str, Constraint], sort: Sort) -> tuple[str, str]:
    """The parameter to mend, and the reason, of a query that `planner.index_for` has no index for."""
    sorted_by = [field.path for field in sort]
    for parameter, paths in (("where", [*where]), ("sort", sorted_by)):
        for path in paths:
            if path_problem(path):
                return parameter, f"no index can have {path[:80]}"
    if prod(len(each.values) for each in where.values() if isinstance(each, Points)) > MOST_STRETCHES:
        return "where", f"no index serves more than {MOST_STRETCHES:,} combinations of values of in"
    if len({*where, *sorted_by}) > MAX_FIELDS:
        return "where" if where else "sort", f"no index has more than {MAX_FIELDS} fields"
    reason = "one field may have a range, and the order must begin with that field"
    return "where", f"no index can serve this: {reason}"
