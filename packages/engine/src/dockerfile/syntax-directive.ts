import { quoted } from './source-text.ts'

/** The newest of docker/dockerfile that this parser was written by. */
const newest = { major: 1, minor: 20 }
const ours = /^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?::([^@]*))?(?:@.*)?$/

/**
 * `# syntax=…` names an image that would read the Dockerfile. None is ever run: the language is known here. Undefined:
 * there is nothing to say.
 */
export function syntaxWarning({ syntax }: { syntax: string | null }): string | undefined {
  if (syntax === null) return undefined
  const name = syntax.split(/\s/)[0] ?? ''
  const match = ours.exec(name)
  if (match === null)
    return `The syntax directive names ${quoted(name)}, which is not followed: Berth reads Dockerfiles itself.`
  const [, major, minor] = /^(\d{1,4})(?:\.(\d{1,4}))?/.exec(match[1] ?? '') ?? []
  const isNewer =
    Number(major ?? 0) > newest.major || (Number(major) === newest.major && Number(minor ?? 0) > newest.minor)
  if (!isNewer) return undefined
  return `The syntax directive asks for ${major}${minor === undefined ? '' : `.${minor}`}; Berth knows the language of ${newest.major}.${newest.minor}.`
}
