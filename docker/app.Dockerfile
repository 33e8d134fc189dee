# One image for web, actions and worker: the command decides which.
FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/yaozheng
RUN pip install --no-cache-dir uv
COPY requirements/app.txt requirements/app.txt
# A CPU build of torch may be laid into docker/wheels (not committed); without one the index's is taken.
COPY docker/wheels/ /wheels/
RUN uv venv /srv/venv && uv pip install --no-cache --python /srv/venv/bin/python --find-links /wheels -r requirements/app.txt
COPY pyproject.toml ./
COPY core/ core/
COPY i18n/ i18n/
COPY knowledge_base/ knowledge_base/
COPY forms/ forms/
COPY bot/ bot/
COPY web/ web/
COPY training/ training/
RUN uv pip install --no-cache --python /srv/venv/bin/python --no-deps --editable .

FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/yaozheng --create-home yaozheng
COPY --from=build /srv/venv /srv/venv
COPY --from=build /srv/yaozheng /srv/yaozheng
WORKDIR /srv/yaozheng
ENV PATH=/srv/venv/bin:$PATH YAOZHENG_HOME=/var/lib/yaozheng YAOZHENG_HOST=0.0.0.0 PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1
USER yaozheng
VOLUME /var/lib/yaozheng
EXPOSE 8000 5055
CMD ["gunicorn", "--config", "web/gunicorn_conf.py", "web.wsgi:app"]
