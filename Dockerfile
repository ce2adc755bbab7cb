# The service alone: Node, its production dependencies, its sources as they are, and the element and
# the admin page as browsers get them. What it writes is below /app/data, or DATA_DIR; the rest may be read-only.

# Scripts of packages are not needed and not run. One of them would bring a second Node, which npm
# scripts use on a laptop; here the image's own does everything.
FROM node:24.21.0-bookworm AS browsers
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/sketch-painter/package.json ./packages/sketch-painter/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.embed.json vite.embed.config.ts vite.admin.config.ts ./
COPY embed ./embed
COPY admin ./admin
COPY examples/blog/static ./examples/blog/static
RUN NODE_ENV=production node node_modules/vite/bin/vite.js build --config vite.embed.config.ts \
  && NODE_ENV=production node node_modules/vite/bin/vite.js build --config vite.admin.config.ts

FROM node:24.21.0-bookworm AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/sketch-painter/package.json ./packages/sketch-painter/
# Neither types nor source maps are ever read there.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete

# An empty embedded database with all tables. To load it takes a quarter of the time of making one.
FROM dependencies AS database
COPY src ./src
COPY scripts/build-database-template.ts ./scripts/
RUN node --input-type=module --eval " \
    import { buildDatabaseTemplate } from './scripts/build-database-template.ts'; \
    await buildDatabaseTemplate('dist/database/template.tar.gz');"

FROM node:24.21.0-bookworm-slim
ARG REVISION=unknown
LABEL org.opencontainers.image.title="bytesized-cafe" \
  org.opencontainers.image.description="A picture for every page of a blog: a dish popular where the reader is, painted once, never over budget." \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.revision="${REVISION}"
# Nothing is installed in production.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn*
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=browsers /app/bytesized-cafe-app ./bytesized-cafe-app
COPY --from=browsers /app/dist/admin ./dist/admin
COPY --from=database /app/dist/database ./dist/database
COPY package.json ./
COPY packages ./packages
COPY src ./src
RUN install -d -o 1000 -g 1000 data compiled
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/compiled
USER 1000:1000
# What every start would have to compile again, as its file system is new, and may be read-only: all
# there is but entry points, and what a start comes to run. Node keeps it by user, so another one than 1000 has none.
RUN HOST=127.0.0.1 PORT=47123 IMAGE_STORE=memory IMAGE_GENERATOR=sketch GEO_LOCATOR=none PUBLIC_IMAGE_BASE_URL=http://localhost \
  node --input-type=module --eval " \
    import { globSync } from 'node:fs'; \
    const sources = globSync('/app/src/**/*.ts', { exclude: ['/app/src/*/main.ts', '/app/src/**/*-thread.ts'] }); \
    await Promise.all(sources.map((file) => import(file))); \
    await import('/app/src/app/start.mjs'); \
    process.kill(process.pid, 'SIGTERM');"
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT || process.env.BACKEND_PORT || 8080}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/app/start.mjs"]
