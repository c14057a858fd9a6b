import { type EventSink, errorTable, printable, tell } from '@berth/domain'
import type { BuildRequest, Image, ImageConfig } from '../engine.ts'
import type { FakeImages } from './fake-images.ts'

/** The codes are those of the real builder. */
const buildError = errorTable({
  'BUILD.NO_DOCKERFILE': {
    message: (details: { path: string }) => `There is no ${printable(details.path)} in the repository.`,
    hint: () => 'Add one.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.STEP_FAILED': {
    message: (details: { line: string }) => `${details.line} failed.`,
    hint: () => 'Look at its last lines.',
    fault: 'user',
    retryable: false,
  },
})

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
  const lines = dockerfile.split('\n').filter((line) => /^\s*[A-Za-z]+\s/.test(line))
  for (const [index, line] of lines.entries()) {
    const step = String(index + 1)
    const startedAt = Date.now()
    tell(sink, { kind: 'step-started', step, title: line })
    const outcome = await fakeStep(line, config, signal).catch((error: unknown) => {
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
  if (entry === undefined) throw buildError['BUILD.NO_DOCKERFILE']({ path: request.dockerfilePath })
  let dockerfile = ''
  for await (const { content } of request.tree.read([entry]))
    dockerfile = Buffer.from(content).toString('utf8')
  return { dockerfile, contentIds: entries.map((each) => `${each.path}=${each.contentId}`).join('\n') }
}

async function fakeStep(line: string, config: Partial<ImageConfig>, signal: AbortSignal): Promise<'done'> {
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
      await fakeRun(line, rest, signal)
      break
  }
  return 'done'
}

async function fakeRun(line: string, words: string[], signal: AbortSignal): Promise<void> {
  if (words[0] === 'fail') throw buildError['BUILD.STEP_FAILED']({ line })
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
