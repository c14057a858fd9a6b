import { parseDockerfile } from './parse-dockerfile.ts'

/**
 * The names that a Dockerfile's ARG lines declare, whichever stages are built. Those that only the triggers of a base image
 * declare are not known before it is looked at, and are not among them. @throws as `parseDockerfile`
 */
export function declaredArguments(path: string, text: string): string[] {
  const { globalArguments, stages } = parseDockerfile(path, text)
  const written = [...globalArguments, ...stages.flatMap((stage) => stage.instructions)]
  const names = written.flatMap((each) =>
    each.keyword === 'ARG' ? each.declarations.map(({ name }) => name) : [],
  )
  return [...new Set(names)]
}
