"""gunicorn's settings: threads, since every held connection occupies one.

``worker_connections`` stands above ``threads``: at its default, gthread hangs new connections silently.
``preload_app`` imports the application once, before the processes that serve are forked: one that dies is
replaced in a moment instead of the seconds that the import takes. Nothing of it holds a connection, a
thread or an index then; each process opens its own on first use.
"""

from core.settings import get_settings

_settings = get_settings()
bind = f"{_settings.host}:{_settings.web_port}"
worker_class = "gthread"
preload_app = True
workers = _settings.web_workers
threads = _settings.web_threads
worker_connections = 2 * _settings.web_threads + 200
backlog = 2048
graceful_timeout = 5
timeout = 60
keepalive = 5
limit_request_line = 4094
limit_request_field_size = 8190
accesslog = None
errorlog = "-"
loglevel = "warning"
