# One image for all roles: the arguments choose the program.
#   docker build -t hsds-ts:0.1.0 .
#   docker build --build-arg NODE_IMAGE=docker.io/library/node@sha256:<digest> …    a fixed base
#   docker run hsds-ts:0.1.0 dist/apps/sn/src/main.js      (sn, dn; embedded without arguments)
# scripts/image-stages.sh runs these instructions without a container engine.

# Node 24 LTS on Debian, slim. Releases give the digest of this tag.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Versions are the lock file's. Not `npm ci`: it refuses a lock that lacks packages of other systems.
RUN npm install --no-save --no-audit --no-fund --loglevel=error
COPY tsconfig.json nest-cli.json ./
COPY libs ./libs
COPY apps ./apps
RUN npm run build
RUN npm prune --omit=dev --no-save --no-audit --no-fund --loglevel=error
# Types, maps and tests are of no use to a running service.
RUN find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete
RUN find dist -type f \( -name '*.spec.js' -o -name '*.spec.js.map' -o -name '*.tsbuildinfo' \) -delete

FROM ${NODE_IMAGE} AS run
# Nothing is installed into a running image.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn*
LABEL org.opencontainers.image.title="hsds-ts" \
      org.opencontainers.image.description="Highly Scalable Data Service for HDF5" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/package.json ./package.json
# Large request bodies: keep freed memory instead of mapping it anew each time (docs/operations.md).
ENV NODE_ENV=production \
    UV_THREADPOOL_SIZE=8 \
    MALLOC_TRIM_THRESHOLD_=536870912 \
    MALLOC_MMAP_THRESHOLD_=268435456 \
    MALLOC_TOP_PAD_=67108864
USER 10001:10001
EXPOSE 5101 6101
STOPSIGNAL SIGTERM
# Exec form: Node is process 1 and gets SIGTERM itself.
ENTRYPOINT ["node"]
CMD ["dist/apps/embedded/src/main.js", "--host=0.0.0.0", "--root_dir=/data"]
