import { type EventSink, tell } from '@berth/domain'
import { buildError } from '../build/errors.ts'
import { exampleDockerfile } from '../build/example-dockerfile.ts'
import type { Place } from '../dockerfile/source-text.ts'
import type { BuildRequest, Image, ImageConfig } from '../engine.ts'
import type { FakeImages } from './fake-images.ts'

/**
 * Reads CMD, ENTRYPOINT (JSON arrays), EXPOSE, ENV and USER of a Dockerfile and runs nothing. `RUN fail` fails;
 * `RUN sleep SECONDS` waits, so that a build can be broken off.
 */
export async function fakeBuild(
  images: FakeImages,
  request: BuildRequest,
  sink: EventSink,
  signal: AbortSignal,
): Promise<Image> {
  signal.throwIfAborted()
  tell(sink, { kind: 'section', text: 'Building' })
  const { dockerfile, contentIds } = await readTree(request)
  const config: Partial<ImageConfig> = {}
  const source = { path: request.dockerfilePath, lines: dockerfile.split('\n') }
  for (const [index, line] of source.lines.entries()) {
    if (!/^\s*[A-Za-z]+\s/.test(line)) continue
    const step = String(index + 1)
    const place = { source, line: index + 1, endLine: index + 1 }
    const startedAt = Date.now()
    tell(sink, { kind: 'step-started', step, title: line })
    const outcome = await fakeStep(place, config, signal).catch((error: unknown) => {
      tell(sink, {
        kind: 'step-finished',
        step,
        outcome: signal.aborted ? 'cancelled' : 'failed',
        durationMs: 0,
      })
      throw error
    })
    tell(sink, { kind: 'step-finished', step, outcome, durationMs: Date.now() - startedAt })
  }
  const image = images.add(null, { ...config, labels: request.labels }, contentIds)
  for (const name of request.names) await images.tag(image.digest, name)
  return image
}

async function readTree(request: BuildRequest) {
  const entries = await request.tree.entries()
  const entry = entries.find((each) => each.path === request.dockerfilePath)
  if (entry === undefined) {
    const example = exampleDockerfile(new Set(entries.map((each) => each.path)))
    throw buildError['BUILD.NO_DOCKERFILE']({ path: request.dockerfilePath, example })
  }
  let dockerfile = ''
  for await (const { content } of request.tree.read([entry]))
    dockerfile = Buffer.from(content).toString('utf8')
  return { dockerfile, contentIds: entries.map((each) => `${each.path}=${each.contentId}`).join('\n') }
}

async function fakeStep(place: Place, config: Partial<ImageConfig>, signal: AbortSignal): Promise<'done'> {
  const line = place.source.lines[place.line - 1] ?? ''
  const [instruction = '', ...rest] = line.trim().split(/\s+/)
  const value = rest.join(' ')
  switch (instruction.toUpperCase()) {
    case 'CMD':
      config.command = words(value)
      break
    case 'ENTRYPOINT':
      config.entrypoint = words(value)
      break
    case 'EXPOSE':
      config.exposedPorts = [...(config.exposedPorts ?? []), value.includes('/') ? value : `${value}/tcp`]
      break
    case 'ENV': {
      const [name = '', ...parts] = value.split('=')
      config.env = { ...config.env, [name]: parts.join('=') }
      break
    }
    case 'USER':
      config.user = value
      break
    case 'RUN':
      await fakeRun(place, rest, signal)
      break
  }
  return 'done'
}

async function fakeRun(place: Place, words: string[], signal: AbortSignal): Promise<void> {
  if (words[0] === 'fail') {
    throw buildError['BUILD.STEP_FAILED']({ place, command: words.join(' '), code: 1, signal: null })
  }
  if (words[0] !== 'sleep') return
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, Number(words[1]) * 1000)
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
  })
}

function words(value: string): string[] {
  return value.startsWith('[') ? (JSON.parse(value) as string[]) : ['/bin/sh', '-c', value]
}
