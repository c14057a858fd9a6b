const defaultPort = 5000

/** The first TCP port of EXPOSE (`8080/tcp`, `8080`), in the order of the Dockerfile; else 5000. */
export function portOf(image: { exposedPorts: readonly string[] }): number {
  for (const exposed of image.exposedPorts) {
    const port = /^(\d{1,5})(?:\/tcp)?$/i.exec(exposed)?.[1]
    if (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return Number(port)
  }
  return defaultPort
}
