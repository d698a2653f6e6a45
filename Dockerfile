FROM python:3.11-slim

RUN useradd --create-home --uid 10001 relief
WORKDIR /srv/relief

COPY requirements.lock requirements-fast.lock requirements-cluster.lock .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-fast.lock -r requirements-cluster.lock

COPY app app
COPY nets nets
COPY assets assets
COPY gunicorn.conf.py .
# Compiled here, because at run time the file system may be read-only.
RUN python -m compileall -q app nets && NUMBA_CACHE_DIR=compiled python -m app.warm

USER relief
ENV HOST=0.0.0.0 PORT=8050 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
EXPOSE 8050

HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]

CMD ["gunicorn"]
