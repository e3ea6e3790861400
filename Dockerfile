# Two images: `portal` (web, worker, beat and the one-shot step differ in their command) and `proxy` (TLS in front of it).

FROM node:22-bookworm-slim AS packages
WORKDIR /portal
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund


FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /portal
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY . .
COPY --from=packages /portal/node_modules node_modules
# The production settings refuse to load without these; nothing is at their addresses, and none stays in the image.
RUN export PORTAL_MODE=production PUBLIC_URL=https://build.invalid ALLOWED_HOSTS=build.invalid DATA_DIR=/build \
    DATABASE_URL=postgres://build.invalid/build REDIS_URL=redis://build.invalid EMAIL_URL=smtp://build.invalid \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    && /venv/bin/python tools/assets.py build \
    && /venv/bin/python tools/translations.py compile \
    && /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q /portal /venv \
    && rm -rf node_modules


FROM python:3.13-slim-bookworm AS portal
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_MODE=production DATA_DIR=/data
RUN groupadd --gid 10001 portal \
    && useradd --uid 10001 --gid portal --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal \
    && install --directory --owner portal --group portal /data
COPY --from=build /venv /venv
COPY --from=build /portal /portal
WORKDIR /portal
USER 10001:10001
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--workers", "2", \
     "--blocking-threads", "2", "--respawn-failed-workers", "--log-level", "warning", "kekava_portal.wsgi:application"]


FROM caddy:2-alpine AS proxy
RUN addgroup -S -g 10002 proxy && adduser -S -D -H -u 10002 -G proxy proxy && chown -R proxy:proxy /data /config
COPY docker/Caddyfile /etc/caddy/Caddyfile
USER 10002:10002
