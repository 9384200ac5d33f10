# The front end's packages, by their lock
FROM node:24-slim AS front
WORKDIR /front
COPY package.json package-lock.json .npmrc ./
RUN npm ci --loglevel error

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    HANDOFF_DATA_DIR=/data HANDOFF_STATIC_ROOT=/srv/static
RUN useradd --create-home --uid 1000 handoff && install -d -o handoff /data /srv/static
WORKDIR /app
COPY requirements.txt ./
RUN pip install --disable-pip-version-check --require-hashes -r requirements.txt
COPY --from=front /front/node_modules ./node_modules
COPY . .
USER handoff
RUN SECRET_KEY=only-for-this-step python manage.py collectstatic --no-input
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "uvicorn", "handoff.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--timeout-graceful-shutdown", "2", "--no-access-log"]
