import { guardedModules, importRules, testDatabase, testOnly } from './import-rules.ts'

/** A source file as the check sees it: its path from the root, and its text. */
export type SourceFile = { path: string; text: string }
export type Violation = { path: string; line: number; message: string }

const importPattern =
  /(?:^|[\s;])(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** Every import of the given files that a rule forbids. Pure. */
export function checkImports(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap(({ specifier, line }) => {
      const message = objection(file.path, specifier)
      return message === null ? [] : [{ path: file.path, line, message }]
    }),
  )
}

function importsOf(file: SourceFile): { specifier: string; line: number }[] {
  return [...file.text.matchAll(importPattern)].map((match) => ({
    specifier: match[1] ?? match[2] ?? '',
    line: file.text.slice(0, match.index + 1).split('\n').length,
  }))
}

function objection(path: string, specifier: string): string | null {
  const [place, name] = path.split('/')
  const guarded = guardedModules.find(
    (guard) => guard.module.test(specifier) && !guard.allowed.some((prefix) => path.startsWith(prefix)),
  )
  if (guarded) return `${specifier} may be imported in ${guarded.allowed.join(', ')} only: ${guarded.reason}`
  if (specifier === testDatabase && isTest(path)) return null
  const imported = /^@berth\/([a-z]+)/.exec(specifier)?.[1]
  if (imported !== undefined) return packageObjection({ place, name, path }, imported)
  return relativeObjection(path, specifier)
}

function packageObjection(
  from: { place?: string; name?: string; path: string },
  imported: string,
): string | null {
  if (imported === testOnly)
    return isTest(from.path) || from.name === testOnly ? null : `${testOnly} is for tests`
  if (from.place === 'apps' || from.place === 'test' || from.place === 'infra') {
    return imported in importRules ? null : `an app imports packages, and @berth/${imported} is none`
  }
  const rule = importRules[from.name ?? '']
  if (imported === from.name || rule?.may.includes(imported)) return null
  return `packages/${from.name} may not import @berth/${imported}: ${rule?.reason ?? 'it has no rule in infra/import-rules.ts'}`
}

function isTest(path: string): boolean {
  return /\.test\.tsx?$|\.contract\.ts$/.test(path) || path.startsWith('test/')
}

/** A relative path must stay within its own package or app: `@berth/NAME` is the way to another. */
function relativeObjection(path: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null
  const home = path.split('/').slice(0, 2).join('/')
  const reached = new URL(specifier, `file:///${path}`).pathname.slice(1)
  const inside = /^(apps|packages)\//.test(path) ? reached.startsWith(`${home}/`) : true
  return inside ? null : `${specifier} leaves ${home}: import the package by its name`
}

/** Cycles between packages that the rules allow: there must be none, whatever is imported today. */
export function ruleCycles(): string[][] {
  const cycles: string[][] = []
  const walk = (name: string, trail: readonly string[]): void => {
    if (trail.includes(name)) {
      cycles.push([...trail.slice(trail.indexOf(name)), name])
      return
    }
    for (const next of importRules[name]?.may ?? []) walk(next, [...trail, name])
  }
  for (const name of Object.keys(importRules)) walk(name, [])
  return cycles
}
