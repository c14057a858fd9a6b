import { readdir, readFile } from 'node:fs/promises'
import { type ConformanceCase, readCase } from './read-case.ts'

const corpus = new URL('corpus', import.meta.url).pathname

/** Every `*.case`, in the order of its name. No filters: all of them. */
export async function readCorpus(filters: readonly string[]): Promise<ConformanceCase[]> {
  const paths = await readdir(corpus, { recursive: true })
  const names = paths
    .filter((path) => path.endsWith('.case'))
    .map((path) => path.slice(0, -'.case'.length))
    .filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)))
    .sort()
  return Promise.all(
    names.map(async (name) => readCase(name, await readFile(`${corpus}/${name}.case`, 'utf8'))),
  )
}
