import { parseProcessType, web } from '@berth/domain'
import { describe, expect, test } from 'vitest'
import { type Instance, taskType } from './instance.ts'
import { type Current, planDeploy, type Step, type Target } from './plan-deploy.ts'

const worker = parseProcessType('worker')

function instance(containerId: string, given: Partial<Instance> = {}): Instance {
  return {
    containerId,
    appId: 'app',
    deploymentId: 'new',
    releaseVersion: 2,
    type: web,
    index: 1,
    task: null,
    state: 'running',
    exitCode: null,
    healthy: true,
    readiness: 'ready',
    givenUp: false,
    drained: false,
    leaving: false,
    ...given,
  }
}

const starting = { healthy: false } as const
const created = { state: 'created', healthy: false } as const
const crashed = { state: 'exited', healthy: false, exitCode: 1 } as const
const old = { deploymentId: 'old', releaseVersion: 1 } as const

const current = (given: Partial<Current> = {}): Current => ({
  instances: [],
  routed: [],
  reached: [web],
  resting: [],
  ...given,
})
const target = (given: Partial<Target> = {}): Target => ({
  mode: 'deploy',
  deploymentId: 'new',
  quantities: [{ type: web, quantity: 1 }],
  tasks: [],
  untouched: [],
  ...given,
})
const keep = (given: Partial<Target> = {}) => target({ mode: 'keep', ...given })

const brief = (step: Step) => {
  if (step.kind === 'runTask') return `runTask ${step.task}`
  if (step.kind === 'startInstance') return `start ${step.type}.${step.index}`
  if (step.kind === 'switchRoute') return `route ${step.containerIds.join(' ')}`.trim()
  return `${step.kind} ${step.containerId}`
}
const plan = (now: Partial<Current>, then: Target) => planDeploy(current(now), then).map(brief)

describe('a deployment', () => {
  test('starts what is missing, all at once', () => {
    const quantities = [
      { type: web, quantity: 2 },
      { type: worker, quantity: 1 },
    ]
    expect(plan({}, target({ quantities }))).toEqual(['start web.1', 'start web.2', 'start worker.1'])
  })

  test('runs the release command before anything starts', () => {
    expect(plan({}, target({ tasks: ['release'] }))).toEqual(['runTask release'])
  })

  test('waits for a release command that still runs', () => {
    const running = instance('r', { type: taskType, task: 'release', healthy: false })
    expect(plan({ instances: [running] }, target({ tasks: ['release'] }))).toEqual(['runTask release'])
  })

  test('does not run a release command again that has succeeded', () => {
    const done = instance('r', {
      type: taskType,
      task: 'release',
      state: 'exited',
      exitCode: 0,
      healthy: false,
    })
    expect(plan({ instances: [done] }, target({ tasks: ['release'] }))).toEqual(['start web.1'])
  })

  test('runs its tasks in their order, one after the other', () => {
    const tasks = ['predeploy', 'release'] as const
    const done = instance('p', { type: taskType, task: 'predeploy', ...crashed, exitCode: 0 })
    const failed = instance('r', { type: taskType, task: 'release', ...crashed })
    expect(plan({}, target({ tasks }))).toEqual(['runTask predeploy'])
    expect(plan({ instances: [done] }, target({ tasks }))).toEqual(['runTask release'])
    expect(plan({ instances: [done, failed] }, target({ tasks }))).toEqual(['runTask release'])
  })

  test('waits until every new instance is healthy', () => {
    const instances = [instance('a'), instance('b', { index: 2, ...starting })]
    const two = target({ quantities: [{ type: web, quantity: 2 }] })
    expect(plan({ instances }, two)).toEqual(['awaitHealthy b'])
  })

  test('starts a container that a crash left made and not started', () => {
    const instances = [instance('a', created)]
    expect(planDeploy(current({ instances }), target())).toEqual([
      { kind: 'startInstance', type: 'web', index: 1, containerId: 'a' },
    ])
  })

  test('switches the route when all are healthy, and only to web', () => {
    const instances = [instance('o', old), instance('a'), instance('w', { type: worker })]
    const both = target({
      quantities: [
        { type: web, quantity: 1 },
        { type: worker, quantity: 1 },
      ],
    })
    expect(plan({ instances, routed: ['o'] }, both)).toEqual(['route a'])
  })

  test('is done when the route leads to the new ones; the old ones are not its business', () => {
    expect(plan({ instances: [instance('o', old), instance('a')], routed: ['a'] }, target())).toEqual([])
  })

  test('ends with a report where a new instance has ended', () => {
    const instances = [instance('o', old), instance('a', crashed)]
    expect(plan({ instances, routed: ['o'] }, target())).toEqual(['reportCrash a'])
  })

  test('does not touch old instances that crashed', () => {
    expect(plan({ instances: [instance('o', { ...old, ...crashed })] }, target())).toEqual(['start web.1'])
  })

  test('takes the route away where no web should run', () => {
    const none = target({ quantities: [{ type: web, quantity: 0 }] })
    expect(plan({ instances: [instance('o', old)], routed: ['o'] }, none)).toEqual(['route'])
  })
})

describe('keeping, after a deployment', () => {
  const live = { instances: [instance('o', old), instance('a')], routed: ['a'] }

  test('drains, then stops, then removes the old', () => {
    expect(plan(live, keep())).toEqual(['drainInstance o'])
    const drained = [instance('o', { ...old, drained: true }), instance('a')]
    expect(plan({ ...live, instances: drained }, keep())).toEqual(['stopInstance o'])
    const stopped = [instance('o', { ...old, ...crashed }), instance('a')]
    expect(plan({ ...live, instances: stopped }, keep())).toEqual(['removeInstance o'])
    expect(plan({ ...live, instances: [instance('a')] }, keep())).toEqual([])
  })

  test('stops a worker without draining: it never had requests', () => {
    const instances = [instance('o', { ...old, type: worker }), instance('a')]
    expect(plan({ instances, routed: ['a'] }, keep())).toEqual(['stopInstance o'])
  })

  test('lets alone what runs after a deployment: it is the sign that it has begun', () => {
    const serving = instance('a')
    const after = instance('t', { type: taskType, task: 'postdeploy', ...crashed })
    expect(plan({ instances: [serving, after], routed: ['a'] }, keep())).toEqual([])
  })

  test('replaces one that is to leave, which serves until the new one does', () => {
    const leaving = instance('a', { leaving: true })
    const next = instance('b', starting)
    expect(plan({ instances: [leaving], routed: ['a'] }, keep())).toEqual(['start web.1'])
    expect(plan({ instances: [leaving, next], routed: ['a'] }, keep())).toEqual(['awaitHealthy b'])
    const both = [leaving, instance('b')]
    expect(plan({ instances: both, routed: ['a'] }, keep())).toEqual(['route b'])
    expect(plan({ instances: both, routed: ['b'] }, keep())).toEqual(['drainInstance a'])
  })

  test('keeps one of two that is to leave beside the other until the new one is healthy', () => {
    const quantities = [{ type: web, quantity: 2 }]
    const leaving = instance('a', { leaving: true })
    const other = instance('b', { index: 2 })
    const next = instance('c', starting)
    const routed = ['b', 'a']
    expect(plan({ instances: [leaving, other], routed }, keep({ quantities }))).toEqual(['start web.1'])
    expect(plan({ instances: [leaving, other, next], routed }, keep({ quantities }))).toEqual([
      'awaitHealthy c',
    ])
    const after = [leaving, other, instance('c')]
    expect(plan({ instances: after, routed }, keep({ quantities }))).toEqual(['route c b'])
  })

  test('starts nothing in the place of one that is to leave while its successor rests', () => {
    const leaving = instance('a', { leaving: true })
    const resting = [{ type: web, index: 1 }]
    const failed = instance('b', crashed)
    expect(plan({ instances: [leaving, failed], routed: ['a'], resting }, keep())).toEqual([])
  })

  test('removes the container of the release command', () => {
    const done = instance('r', {
      type: taskType,
      task: 'release',
      state: 'exited',
      exitCode: 0,
      healthy: false,
    })
    expect(plan({ instances: [done, instance('a')], routed: ['a'] }, keep())).toEqual(['removeInstance r'])
  })

  test('leaves alone what belongs to a deployment that is not over', () => {
    const instances = [instance('a'), instance('n', { deploymentId: 'next' })]
    expect(plan({ instances, routed: ['a'] }, keep({ untouched: ['next'] }))).toEqual([])
  })
})

describe('keeping, after a failed deployment', () => {
  test('removes its remains and leaves the rest', () => {
    const failed = { deploymentId: 'failed' }
    const instances = [instance('a'), instance('f', { ...failed, ...crashed }), instance('g', failed)]
    expect(plan({ instances, routed: ['a'] }, keep())).toEqual(['removeInstance f', 'drainInstance g'])
  })

  test('leads the route back where it was switched already', () => {
    const instances = [instance('a'), instance('f', { deploymentId: 'failed' })]
    expect(plan({ instances, routed: ['f'] }, keep())).toEqual(['route a'])
  })

  test('of an app that was never live: everything goes', () => {
    const instances = [instance('f', { deploymentId: 'failed', healthy: false })]
    expect(plan({ instances }, keep({ deploymentId: null, quantities: [] }))).toEqual(['drainInstance f'])
  })
})

describe('keeping, after a reboot or a crash of the worker', () => {
  test('starts everything where every container has ended', () => {
    expect(plan({ instances: [instance('a', crashed)] }, keep())).toEqual(['start web.1'])
  })

  test('finds out again who is healthy before the route leads there', () => {
    expect(plan({ instances: [instance('a', starting)] }, keep())).toEqual(['awaitHealthy a'])
    expect(plan({ instances: [instance('a')] }, keep())).toEqual(['route a'])
  })

  test('goes on with removing what is old', () => {
    const instances = [instance('o', { ...old, ...crashed }), instance('a')]
    expect(plan({ instances, routed: ['a'] }, keep())).toEqual(['removeInstance o'])
  })

  test('does not stop what serves before the target does', () => {
    const instances = [instance('o', old), instance('a', starting)]
    expect(plan({ instances, routed: ['o'] }, keep())).toEqual(['awaitHealthy a'])
  })

  test('keeps one of two containers in one place', () => {
    const instances = [instance('a', starting), instance('b')]
    expect(plan({ instances, routed: ['b'] }, keep())).toEqual(['drainInstance a'])
  })
})

describe('keeping, when an instance crashed', () => {
  test('takes it from the route and starts another', () => {
    const instances = [instance('a', crashed), instance('b', { index: 2 })]
    const two = keep({ quantities: [{ type: web, quantity: 2 }] })
    expect(plan({ instances, routed: ['a', 'b'] }, two)).toEqual(['start web.1', 'route b'])
  })

  test('lets it rest', () => {
    const resting = [{ type: web, index: 1 }]
    expect(plan({ instances: [instance('a', crashed)], resting }, keep())).toEqual([])
  })

  test('keeps the newest crashed container for its log until another is healthy', () => {
    const first = instance('a', crashed)
    const second = instance('b', crashed)
    expect(plan({ instances: [first, second, instance('c', starting)] }, keep())).toEqual([
      'awaitHealthy c',
      'removeInstance a',
    ])
    expect(plan({ instances: [second, instance('c')], routed: ['c'] }, keep())).toEqual(['removeInstance b'])
  })
})

describe('keeping, when an instance is not ready', () => {
  const lost = { readiness: 'lost' } as const
  const notYet = { readiness: 'not yet' } as const
  const three = keep({ quantities: [{ type: web, quantity: 3 }] })
  const webs = (...given: Partial<Instance>[]) =>
    given.map((one, number) => instance('abc'[number] ?? '', { index: number + 1, ...one }))

  test('takes it from the route and leaves it running', () => {
    expect(plan({ instances: webs({}, lost, {}), routed: ['a', 'b', 'c'] }, three)).toEqual(['route a c'])
    expect(plan({ instances: webs({}, lost, {}), routed: ['a', 'c'] }, three)).toEqual([])
  })

  test('leads back to it when it is ready again', () => {
    expect(plan({ instances: webs({}, {}, {}), routed: ['a', 'c'] }, three)).toEqual(['route a b c'])
  })

  test('leaves the last ones in: where none is ready any more, all that were go on answering', () => {
    expect(plan({ instances: webs(lost, lost, {}), routed: ['c'] }, three)).toEqual([])
    expect(plan({ instances: webs(lost, lost, lost), routed: ['c'] }, three)).toEqual(['route a b c'])
    expect(plan({ instances: webs(lost, {}, lost), routed: ['a', 'b', 'c'] }, three)).toEqual(['route b'])
    expect(plan({ instances: [instance('a', lost)], routed: ['a'] }, keep())).toEqual([])
  })

  test('gives one that was never ready nothing yet', () => {
    expect(plan({ instances: webs({}, notYet, {}), routed: ['a', 'c'] }, three)).toEqual([])
    expect(plan({ instances: webs(lost, notYet, lost), routed: ['a', 'c'] }, three)).toEqual([])
    expect(plan({ instances: [instance('a', notYet)] }, keep())).toEqual([])
  })

  test('goes on with the old until one of the new was ready', () => {
    const instances = [instance('o', old), instance('a', notYet)]
    expect(plan({ instances, routed: ['o'] }, keep())).toEqual([])
    expect(plan({ instances: [instance('o', old), instance('a')], routed: ['o'] }, keep())).toEqual([
      'route a',
    ])
  })

  test('lets one that leaves serve until the one in its place was ready', () => {
    const leaving = instance('o', { leaving: true })
    expect(plan({ instances: [leaving, instance('a', notYet)], routed: ['o'] }, keep())).toEqual([])
    expect(plan({ instances: [leaving, instance('a')], routed: ['o'] }, keep())).toEqual(['route a'])
  })

  test('does not ask a worker: it gets no requests', () => {
    const instances = [instance('a'), instance('w', { type: worker, ...lost })]
    const both = keep({
      quantities: [
        { type: web, quantity: 1 },
        { type: worker, quantity: 1 },
      ],
    })
    expect(plan({ instances, routed: ['a'] }, both)).toEqual([])
  })
})

describe('keeping, when an instance is given up', () => {
  const givenUp = { givenUp: true } as const
  const two = keep({ quantities: [{ type: web, quantity: 2 }] })
  const resting = [{ type: web, index: 1 }]

  test('takes it from the route, then stops it without draining, then starts another', () => {
    const instances = [instance('a', givenUp), instance('b', { index: 2 })]
    expect(plan({ instances, routed: ['a', 'b'], resting }, two)).toEqual(['route b'])
    expect(plan({ instances, routed: ['b'], resting }, two)).toEqual(['stopInstance a'])
    expect(plan({ instances, routed: ['b'] }, two)).toEqual(['start web.1', 'stopInstance a'])
  })

  test('keeps its container for the log until another is healthy', () => {
    const stopped = instance('a', { ...crashed, ...givenUp })
    expect(plan({ instances: [stopped], resting }, keep())).toEqual([])
    expect(plan({ instances: [stopped, instance('b')], routed: ['b'] }, keep())).toEqual(['removeInstance a'])
  })

  test('takes the last one from the route as well: it answers nobody', () => {
    expect(plan({ instances: [instance('a', givenUp)], routed: ['a'], resting }, keep())).toEqual(['route'])
  })

  test('never waits for it to get healthy', () => {
    const instances = [instance('a', { ...starting, ...givenUp })]
    expect(plan({ instances, resting }, keep())).toEqual(['stopInstance a'])
  })

  test('stops a worker that is given up, and starts another', () => {
    const one = keep({ quantities: [{ type: worker, quantity: 1 }] })
    const instances = [instance('w', { type: worker, ...givenUp })]
    expect(plan({ instances }, one)).toEqual(['start worker.1', 'stopInstance w'])
  })
})

describe('keeping, when the formation changed', () => {
  test('starts more', () => {
    const two = keep({ quantities: [{ type: web, quantity: 2 }] })
    expect(plan({ instances: [instance('a')], routed: ['a'] }, two)).toEqual(['start web.2'])
  })

  test('takes the route from the last, then drains it', () => {
    const instances = [instance('a'), instance('b', { index: 2 })]
    expect(plan({ instances, routed: ['a', 'b'] }, keep())).toEqual(['route a'])
    expect(plan({ instances, routed: ['a'] }, keep())).toEqual(['drainInstance b'])
  })

  test('down to none stops everything', () => {
    const none = keep({ quantities: [{ type: web, quantity: 0 }] })
    expect(plan({ instances: [instance('a')], routed: ['a'] }, none)).toEqual(['route'])
    expect(plan({ instances: [instance('a')], routed: [] }, none)).toEqual(['drainInstance a'])
  })
})

describe('a process type that a port leads to', () => {
  const db = parseProcessType('db')
  const reached = [web, db]
  const quantities = [
    { type: web, quantity: 1 },
    { type: db, quantity: 1 },
  ]
  const before = [instance('ow', old), instance('od', { ...old, type: db })]

  test('is switched with web, once all are healthy', () => {
    const instances = [...before, instance('w'), instance('d', { type: db })]
    expect(plan({ instances, reached, routed: ['ow', 'od'] }, target({ quantities }))).toEqual(['route w d'])
  })

  test('is led to when it gets the port', () => {
    const instances = [instance('w'), instance('d', { type: db })]
    expect(plan({ instances, reached, routed: ['w'] }, keep({ quantities }))).toEqual(['route w d'])
    expect(plan({ instances, routed: ['w', 'd'] }, keep({ quantities }))).toEqual(['route w'])
  })

  test('is drained before its old instances are stopped', () => {
    const instances = [...before, instance('w'), instance('d', { type: db })]
    const now = { instances, reached, routed: ['w', 'd'] }
    expect(plan(now, keep({ quantities }))).toEqual(['drainInstance ow', 'drainInstance od'])
  })

  test('goes on being answered by the old ones until a new one serves, whatever web does', () => {
    const instances = [...before, instance('w'), instance('d', { type: db, ...starting })]
    const now = { instances, reached, routed: ['ow', 'od'] }
    expect(plan(now, keep({ quantities }))).toEqual(['awaitHealthy d', 'route w od'])
  })
})
