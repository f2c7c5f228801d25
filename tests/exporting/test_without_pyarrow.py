"""Where pyarrow is not installed: text is written all the same, and the rest says what is missing."""

import subprocess
import sys

import pytest

from app.exporting import order
from app.exporting.order import format_named
from queries.errors import QueryInvalid


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_format_that_can_not_be_written_here_says_what_to_install(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "find_spec", lambda module: None)
    with pytest.raises(QueryInvalid, match=r"pip install 'foldbase\[export\]'"):
        format_named(name)
    assert format_named("csv").name == "csv"


def test_nothing_but_the_writer_of_tables_imports_pyarrow() -> None:
    told = (
        "import sys; sys.modules['pyarrow'] = None; import app.server, app.exporting.export, app.exporting.job"
    )
    subprocess.run([sys.executable, "-c", told], check=True)
