"""Commands work on a bare installation too: what they stand on is made when it is missing."""

from core.errors import NotAvailable
from core.logs import configure_logs
from core.settings import get_settings

LOG_LEVEL = "ERROR"


def quiet() -> None:
    """Keep log lines out of a command's output, errors excepted."""
    configure_logs(LOG_LEVEL)


def open_database() -> None:
    """Bring the database up to date, made if there is none."""
    from core.database.migrations import upgrade

    quiet()
    upgrade()


def open_existing() -> None:
    """Open the installation's database.

    Raises:
        NotAvailable: there is no installation here.
    """
    from core.database.migrations import revision

    quiet()
    settings = get_settings()
    is_file = settings.database_url.startswith("sqlite")
    if (is_file and not (settings.home / "database.sqlite3").exists()) or not revision():
        raise NotAvailable("web.cli.no_installation")


def open_knowledge() -> None:
    """Open the knowledge base; import the shipped knowledge and index it if nothing was indexed yet."""
    from knowledge_base import service as knowledge
    from web.supervisor import preparation

    open_database()
    if knowledge.list_indexes():
        return
    settings = get_settings()
    prepared = preparation.Prepared.read(settings)
    for step in (preparation.encoder, preparation.knowledge, preparation.index):
        step(settings, prepared)
