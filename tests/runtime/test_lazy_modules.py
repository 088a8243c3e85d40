"""A web process does without modules that it rarely needs until something of them is used."""

from __future__ import annotations

import subprocess
import sys

from tests.isolation import ROOT

BEFORE = "from runtime.lazy_modules import postpone_modules; postpone_modules(); import sys, threading; "


def run(code: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", BEFORE + code], cwd=ROOT / "platform", capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_a_module_is_loaded_with_its_first_use() -> None:
    use = "import pyarrow as pa; import pyarrow.compute as pc; print('pyarrow._compute' in sys.modules, end=' '); "
    assert run(use + "print(pc.sum(pa.array([1, 2])), 'pyarrow._compute' in sys.modules)") == "False 3 True"


def test_a_module_is_loaded_once_by_threads_that_use_it_together() -> None:
    use = (
        "import pyarrow as pa; import pyarrow.compute as pc; start = threading.Barrier(4); found = []; "
        "work = lambda: (start.wait(), found.append(pc.sum(pa.array([1, 2])).as_py())); "
        "threads = [threading.Thread(target=work) for _ in range(4)]; "
        "[each.start() for each in threads]; [each.join() for each in threads]; print(found)"
    )
    assert run(use) == "[3, 3, 3, 3]"


def test_arrow_itself_finds_the_module_that_was_postponed() -> None:
    assert run("import pyarrow as pa; print(pa.chunked_array([[1, None]]).fill_null(0).to_pylist())") == "[1, 0]"


def test_the_application_loads_no_library_that_few_requests_need() -> None:
    names = (
        *("pyarrow._compute", "PIL._imaging", "pygments", "markdown", "psycopg", "greenlet", "chardet", "rapidfuzz"),
        *("celery", "kombu"),
    )
    loaded = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; import config.wsgi, config.urls; "
        f"print([name for name in {names} if sys.modules.get(name)])"
    )
    assert run(f"sys.path.append({str(ROOT)!r}); {loaded}") == "[]"
