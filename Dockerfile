# The function as an image, from nothing but a static binary: it needs no shell, no libraries, no certificates and no network.
# `make image` builds the binary and then this; no other image is pulled.
FROM scratch

# BuildKit sets it for each platform, unless it has a default; the classic builder needs --build-arg TARGETARCH.
ARG TARGETARCH

# kustomize runs functions as the user nobody, by name, which only works where the name is known.
COPY image/passwd image/group /etc/

COPY dist/linux-${TARGETARCH}/postgresapp /usr/local/bin/postgresapp
USER 65534:65534
ENTRYPOINT ["/usr/local/bin/postgresapp"]
