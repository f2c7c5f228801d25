FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/foldbase
COPY locks/runtime.txt /build/locks/runtime.txt
RUN /opt/foldbase/bin/pip install --require-hashes -r /build/locks/runtime.txt
COPY . /build
RUN /opt/foldbase/bin/pip install --no-deps /build

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin foldbase
COPY --from=build /opt/foldbase /opt/foldbase
ENV PATH=/opt/foldbase/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 FOLDBASE_HOST=0.0.0.0
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as http; http.urlopen(f'http://127.0.0.1:{os.environ.get(\"FOLDBASE_PORT\", \"8000\")}/health/ready', timeout=4)"]
ENTRYPOINT ["foldbase"]
CMD ["api"]
