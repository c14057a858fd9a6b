import { imageError } from './errors.ts'

/**
 * Image names in Docker's grammar: `[registry/]path[:tag][@digest]`. The first part is a registry if it could be a host
 * (holds a dot or a colon, or is `localhost`); no registry means docker.io, and there one word means `library/word`.
 * Source: github.com/distribution/reference, normalize.go and regexp.go.
 */
export type Reference = {
  registry: string
  path: string
  tag: string
  /** `sha256:…` */
  digest: string | null
}

const defaultRegistry = 'docker.io'
const officialPath = 'library/'
const hostPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/
const pathPartPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const digestPattern = /^sha256:[0-9a-f]{64}$/
const maxNameLength = 255
const maxReferenceLength = maxNameLength + 128 + 80

/** @throws IMAGE.INVALID_NAME */
export function parseReference(text: string): Reference {
  const found = parse(text)
  if (found === null) throw imageError['IMAGE.INVALID_NAME']({ reference: text })
  return found
}

/** The one spelling under which a name is stored and shown: `debian:latest`, `ghcr.io/acme/api:v1`. */
export function normaliseName(text: string): string {
  const { registry, path, tag } = parseReference(text)
  return `${familiarPath(registry, path)}:${tag}`
}

/** Without tag and digest: `debian`, `ghcr.io/acme/api`. */
export function repositoryName({ registry, path }: Reference): string {
  return familiarPath(registry, path)
}

const beginningPattern = /^(?:sha256:)?([0-9a-f]{12,64})$/

/** The digits with which a digest is to begin; undefined: the text cannot stand for one. */
export function digitsOf(text: string): string | undefined {
  return beginningPattern.exec(text)?.[1]
}

export function isImageName(text: string): boolean {
  return parse(text) !== null
}

function parse(text: string): Reference | null {
  if (text.length > maxReferenceLength) return null
  const [name = '', digest = null, ...more] = text.split('@')
  if (more.length > 0 || (digest !== null && !digestPattern.test(digest))) return null
  const { first, rest } = splitTag(name)
  const { registry, path } = splitRegistry(first)
  const tag = rest ?? 'latest'
  const parts = path.split('/')
  if (!hostPattern.test(registry) || !tagPattern.test(tag)) return null
  if (!parts.every((part) => pathPartPattern.test(part))) return null
  if (registry.length + 1 + path.length > maxNameLength) return null
  // It would be taken for a digest.
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(name)) return null
  return { registry, path, tag, digest }
}

/** A colon after the last slash begins the tag; one before it belongs to a registry's port. */
function splitTag(name: string): { first: string; rest: string | null } {
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1)
  return colon === -1
    ? { first: name, rest: null }
    : { first: name.slice(0, colon), rest: name.slice(colon + 1) }
}

function splitRegistry(name: string): { registry: string; path: string } {
  const slash = name.indexOf('/')
  const host = slash === -1 ? '' : name.slice(0, slash)
  if (!looksLikeHost(host)) return { registry: defaultRegistry, path: officialOr(name) }
  const path = name.slice(slash + 1)
  if (host === defaultRegistry || host === 'index.docker.io')
    return { registry: defaultRegistry, path: officialOr(path) }
  return { registry: host, path }
}

function looksLikeHost(text: string): boolean {
  return /[.:]/.test(text) || text === 'localhost' || text !== text.toLowerCase()
}

function officialOr(path: string): string {
  return path.includes('/') ? path : `${officialPath}${path}`
}

function familiarPath(registry: string, path: string): string {
  if (registry !== defaultRegistry) return `${registry}/${path}`
  const short = path.startsWith(officialPath) ? path.slice(officialPath.length) : path
  // `library/a/b` is not `a/b`: only one word may lose its library.
  const familiar = short.includes('/') ? path : short
  // Nor is `docker.io/host.name/a` what `host.name/a` is.
  return splitRegistry(familiar).path === path ? familiar : `${registry}/${path}`
}
