"""An exporter process is started without Redis and read as a worker is."""

import http
from pathlib import Path

import pytest

from testbed.exporter_process import ExporterProcess
from testbed.support_site import SupportSite


@pytest.mark.slow
def test_its_pages_can_be_read(tmp_path: Path) -> None:
    """Alive, not ready and why, nothing of the fleet on its page; SIGTERM ends it cleanly."""
    redis = {"redis": {"url": "redis://127.0.0.1:9"}}
    site = SupportSite("127.0.0.1:9", "test-1", tmp_path, partitions=1, configuration=redis)
    with ExporterProcess(site) as exporter:
        exporter.wait_for(lambda: exporter.page() != "", what="a page")
        assert exporter.get("/livez")[0] == http.HTTPStatus.OK
        assert exporter.reasons_not_ready() != []
        assert exporter.series()["support_redis_up", ()] == 0
        assert exporter.fleet_page() == ""
        exporter.terminate()
        assert exporter.exit_code(seconds=30) == 0
        assert exporter.log_entries()[-1]["event"] == "stopped"
