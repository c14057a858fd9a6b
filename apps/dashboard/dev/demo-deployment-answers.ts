import type { InstanceView, ReleaseComparison } from '@berth/observe'
import { authors, quay, subjects } from './demo-deployments.ts'

/** What the worker would answer about `quay`; undefined: nothing of its own. */
export function deploymentAnswer(name: string, what: string | undefined, query: URLSearchParams): unknown {
  if (name !== quay) return what === 'available-releases' ? [1, 2, 3, 4, 5] : undefined
  if (what === 'available-releases') return [50, 49, 48, 47, 46, 45, 44, 43, 42]
  if (what === 'comparison') return comparison(Number(query.get('from')), Number(query.get('to')))
  if (what === 'instances') return [instance('web.1', 48, 'running'), instance('web.2', 48, 'running')]
  return undefined
}

function comparison(from: number, to: number): ReleaseComparison {
  const count = Math.min(14, Math.abs(to - from) * 3)
  const lines = Array.from({ length: count }, (_, at) => ({
    commit: `${(at + 10).toString(16)}c0ffee`.padEnd(40, '0'),
    author: authors[at % authors.length] ?? '',
    subject: `${subjects[at % subjects.length]}, part ${at + 1}`,
  }))
  const isForth = to > from
  return {
    commits: { added: isForth ? lines : [], removed: isForth ? [] : lines },
    files: {
      changes: Array.from({ length: 500 }, (_, at) => ({
        change:
          (['added', 'changed', 'removed'] as const)[at % 7 === 0 ? 0 : at % 11 === 0 ? 2 : 1] ?? 'changed',
        path: `/app/${at < 40 ? 'src' : 'node_modules/@harbour/tiles'}/level-${at % 12}/tile-${at}.js`,
      })),
      totals: { added: 1_204, changed: 10_851, removed: 365, bytes: 84_233_112 },
    },
  }
}

function instance(name: string, releaseVersion: number, state: InstanceView['state']): InstanceView {
  return {
    ...{ name, processType: name.split('.')[0] ?? 'web', releaseVersion, containerId: `quay-${name}`, state },
    ...{ address: '10.90.4.2', startedAt: new Date(Date.now() - 34 * 60_000).toISOString(), restarts: 0 },
    ...{ health: { state: 'healthy', reason: null }, lastExit: null, cpuFraction: 0.06 },
    ...{ memoryBytes: 140 * 1024 ** 2, memoryLimitBytes: 1024 ** 3 },
  }
}
