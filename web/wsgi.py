"""What gunicorn serves: ``gunicorn -c web/gunicorn_conf.py web.wsgi:app``."""

from core.logs import configure_logs
from core.settings import get_settings
from web.app import create_app

configure_logs(get_settings().log_level)
app = create_app()
