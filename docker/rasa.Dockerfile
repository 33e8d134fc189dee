# Rasa alone, in its own interpreter, with the model trained when the image is built.
FROM python:3.10-slim-bookworm
WORKDIR /srv/yaozheng
RUN pip install --no-cache-dir uv
COPY requirements/rasa.txt requirements/rasa.txt
RUN uv venv /srv/venv && uv pip install --no-cache --python /srv/venv/bin/python -r requirements/rasa.txt
COPY bot/assistant/ bot/assistant/
ENV RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 SQLALCHEMY_SILENCE_UBER_WARNING=1 \
    YAOZHENG_HOME=/var/lib/yaozheng YAOZHENG_RASA_HOST=0.0.0.0
RUN useradd --system --uid 10001 --home-dir /var/lib/yaozheng --create-home yaozheng
USER yaozheng
RUN /srv/venv/bin/python bot/assistant/run.py train
EXPOSE 5005
CMD ["/srv/venv/bin/python", "bot/assistant/run.py", "serve"]
