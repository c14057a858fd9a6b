import { describe, expect, test } from 'vitest'
import {
  type BuildState,
  buildStates,
  certificateStates,
  type DeploymentState,
  deploymentStates,
  isBuildOver,
  isDeploymentOver,
  mayBecome,
  statesBefore,
} from './states.ts'

/** The drawing above the tables, said once more: a change to either must be meant. */
const buildSteps = [
  'queued → running',
  'queued → failed',
  'queued → cancelled',
  'running → running',
  'running → succeeded',
  'running → failed',
  'running → cancelled',
]
const deploymentSteps = [
  'queued → starting',
  'queued → failed',
  'queued → cancelled',
  'starting → starting',
  'starting → healthy',
  'starting → failed',
  'starting → cancelled',
  'healthy → starting',
  'healthy → healthy',
  'healthy → live',
  'healthy → failed',
  'live → superseded',
]

const certificateSteps = [
  'wanted → ordering',
  'ordering → ordering',
  'ordering → valid',
  'ordering → failed',
  'failed → ordering',
  'valid → renewing',
  'renewing → renewing',
  'renewing → valid',
]

describe.each([
  { name: 'certificate', table: certificateStates, steps: certificateSteps },
  { name: 'build', table: buildStates, steps: buildSteps },
  { name: 'deployment', table: deploymentStates, steps: deploymentSteps },
])('the states of a $name', ({ table, steps }) => {
  const states = Object.keys(table) as (keyof typeof table)[]
  const pairs = states.flatMap((from) => states.map((to) => ({ from, to })))

  test.each(pairs)('$from → $to', ({ from, to }) => {
    expect(mayBecome(table, from, to)).toBe(steps.includes(`${from} → ${to}`))
    expect(statesBefore(table, to).includes(from)).toBe(mayBecome(table, from, to))
  })
})

test('every state of a certificate can be reached', () => {
  const reachable = new Set<string>(['wanted'])
  for (const state of reachable) for (const next of nextOf(certificateStates, state)) reachable.add(next)
  expect([...reachable].sort()).toEqual(Object.keys(certificateStates).sort())
})

test('every state can be reached, and from every state an end', () => {
  for (const table of [buildStates, deploymentStates] as const) {
    const reachable = new Set<string>(['queued'])
    for (const state of reachable) for (const next of nextOf(table, state)) reachable.add(next)
    expect([...reachable].sort()).toEqual(Object.keys(table).sort())
  }
})

test('nobody works on what is over', () => {
  const over = (Object.keys(buildStates) as BuildState[]).filter(isBuildOver)
  expect(over).toEqual(['succeeded', 'failed', 'cancelled'])
  const settled = (Object.keys(deploymentStates) as DeploymentState[]).filter(isDeploymentOver)
  expect(settled).toEqual(['live', 'superseded', 'failed', 'cancelled'])
})

function nextOf(table: Readonly<Record<string, readonly string[]>>, state: string): readonly string[] {
  return table[state] ?? []
}
