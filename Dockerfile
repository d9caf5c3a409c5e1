# A static program in an image that holds nothing else. The test TestImage in cmd/jieda builds with the very RUN line
# below and runs the result in an empty root.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=
RUN CGO_ENABLED=1 go build -trimpath -tags netgo,osusergo -ldflags "-s -w -linkmode external -extldflags -static -X main.version=${VERSION}" -o /out/jieda ./cmd/jieda
# An empty folder to copy: the image has no shell to make one, and a new volume takes over its owner.
RUN mkdir /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/jieda /jieda
COPY --from=build --chown=65532:65532 /out/data /data
COPY LICENSE NOTICE /
ENV JIEDA_ADDR=:8080 JIEDA_DATA=/data JIEDA_LOG_FORMAT=json
VOLUME ["/data"]
EXPOSE 8080
USER 65532:65532
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/jieda", "healthcheck"]
ENTRYPOINT ["/jieda"]
CMD ["serve"]
