# Chartkey as an image: built in one stage, run in another that holds the binary, the machine's certificates and nothing of ours.
# It holds no secret: those are mounted (compose.yaml).
FROM node:22-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
WORKDIR /chartkey
COPY . .
RUN scripts/site && cargo build --locked --profile dist -p chartkey --features embedded-site

FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
  && groupadd --system --gid 10001 chartkey \
  && useradd --system --uid 10001 --gid chartkey --home-dir /var/lib/chartkey --create-home --shell /usr/sbin/nologin chartkey
COPY --from=build /chartkey/target/dist/chartkey /usr/local/bin/chartkey
COPY LICENSE NOTICE /usr/share/doc/chartkey/
# Everywhere inside the container, which publishes what it wants to; outside, the default is loopback.
ENV CHARTKEY_LISTEN=0.0.0.0:3000 \
  CHARTKEY_PEPPER_FILE=/var/lib/chartkey/pepper \
  CHARTKEY_ANCHOR_FILE=/var/lib/chartkey/anchor \
  CHARTKEY_LOG_KEY_FILE=/var/lib/chartkey/log-key \
  CHARTKEY_MAIL_DIR=/var/lib/chartkey/mail
USER 10001:10001
WORKDIR /var/lib/chartkey
VOLUME /var/lib/chartkey
EXPOSE 3000
# As docker stop: running requests are finished.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s CMD ["chartkey", "healthcheck"]
ENTRYPOINT ["chartkey"]
CMD ["serve"]
