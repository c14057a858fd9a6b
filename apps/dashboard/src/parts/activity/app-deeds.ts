import { saySize } from '@berth/ui/say.ts'
import { at, type Deed, deed, factsIn, list, named, type Told, textIn, textsIn, type Word } from './deed.ts'

/** What is done to apps, by the name of the procedure or of the door that it came through. */
export const appDeeds: Readonly<Record<string, (told: Told) => Deed>> = {
  'apps.create': ({ app }) => deed('created', 'create', named(app, 'an app')),
  'apps.remove': ({ app }) => deed('removed', 'remove', named(app, 'an app')),
  'apps.lock': ({ app, after }) =>
    deed('locked', 'lock', named(app, 'an app'), because(textIn(after, 'locked'))),
  'apps.unlock': ({ app }) => deed('unlocked', 'unlock', named(app, 'an app')),
  'apps.rename': ({ app, before, after }) =>
    deed(
      ...(['renamed', 'rename'] as const),
      named(textIn(before, 'name') ?? app, 'an app'),
      at('to', textIn(after, 'name')),
    ),
  'apps.setBranch': ({ app, after }) =>
    deed(
      'chose',
      'choose',
      named(textIn(after, 'branch'), 'a branch'),
      'as the branch that deploys',
      at('to', app),
    ),
  'teams.transferApp': ({ app, after }) =>
    deed('gave', 'give', named(app, 'an app'), at('to the team', textIn(after, 'team'))),
  'git push': pushed,
  'registry push': ({ after }) => deed('pushed', 'push', 'the image', named(imageIn(after), 'of an app')),
  'registry delete': ({ after }) =>
    deed('deleted', 'delete', 'the image', named(imageIn(after), 'of an app')),
  'deploy.image': ({ app, after }) =>
    deed('deployed', 'deploy', 'the image', named(textIn(after, 'reference'), 'given'), at('to', app)),
  'deploy.git': ({ app, after }) =>
    deed('deployed', 'deploy', named(textIn(after, 'url'), 'a repository'), at('to', app)),
  'deployments.cancel': ({ app }) => deed('cancelled', 'cancel', 'a deployment', at('of', app)),
  'releases.rollback': ({ app, after }) =>
    deed(
      ...(['rolled', 'roll'] as const),
      named(app, 'an app'),
      'back',
      at('to', version(textIn(after, 'like'))),
      release(after),
    ),

  ...Object.fromEntries(
    ['change', 'set', 'unset', 'import', 'setFile', 'unsetFile'].map((verb) => [
      `configuration.${verb}`,
      configured,
    ]),
  ),
  'configuration.preview': ({ app }) =>
    deed('compared', 'compare', 'a file with the configuration', at('of', app)),
  ...Object.fromEntries(['read', 'get', 'export'].map((verb) => [`configuration.${verb}`, looked])),

  'processes.scale': scaled,
  'processes.restart': ({ app, after }) => {
    const what = textIn(after, 'restarted')
    return deed(
      'restarted',
      'restart',
      what === null || what === 'all' ? [] : [{ name: what }, 'of'],
      named(app, 'an app'),
    )
  },
  'processes.stop': ({ app }) => deed('stopped', 'stop', named(app, 'an app')),
  'processes.start': ({ app }) => deed('started', 'start', named(app, 'an app')),
  'limits.set': limited,
  'limits.unset': limited,

  'oneOffs.run': ran,
  run: ran,
  exec: ran,
  'oneOffs.stop': ({ app, before }) =>
    deed('ended', 'end', named(textIn(before, 'name'), 'a one-off instance'), at('of', app)),
  'oneOffs.ticket': ({ app }) => deed('opened', 'open', 'a terminal', at('on', app)),

  'cron.add': ({ app, after }) =>
    deed(
      ...(['added', 'add'] as const),
      'the job',
      named(textIn(after, 'name'), 'given'),
      at('that runs', textIn(after, 'schedule')),
      at('to', app),
    ),
  'cron.remove': ({ app, before }) =>
    deed('removed', 'remove', 'the job', named(textIn(before, 'name'), 'given'), at('of', app)),
  'cron.run': ({ app, after }) =>
    deed('ran', 'run', 'the job', named(textIn(after, 'name'), 'given'), at('of', app)),
  'cron.pause': ({ app, after }) =>
    deed('paused', 'pause', 'the job', named(textIn(after, 'name'), 'given'), at('of', app)),
  'cron.resume': ({ app, after }) =>
    deed('resumed', 'resume', 'the job', named(textIn(after, 'name'), 'given'), at('of', app)),

  'domains.add': ({ app, after }) =>
    deed('added', 'add', list(textsIn(after, 'hosts'), 'a domain'), at('to', app)),
  'domains.remove': ({ app, before }) =>
    deed('removed', 'remove', list(textsIn(before, 'hosts'), 'a domain'), at('of', app)),
  'domains.verify': ({ app }) => deed('checked', 'check', 'a domain', at('of', app)),
  'domains.redirect': ({ app, after }) => {
    const to = textIn(after, 'redirectTo')
    const host = named(textIn(after, 'host'), 'a domain')
    return to === null
      ? deed('let', 'let', host, 'answer itself', at('on', app))
      : deed('sent', 'send', 'visitors of', host, 'on to', { name: to }, at('on', app))
  },
  'certificates.add': ({ app, after }) =>
    deed(
      'added',
      'add',
      'a certificate',
      textsIn(after, 'hosts').length > 0 ? 'for' : null,
      hosts(after),
      at('to', app),
    ),
  'certificates.remove': ({ app, before }) =>
    deed(
      'removed',
      'remove',
      'a certificate',
      textsIn(before, 'hosts').length > 0 ? 'for' : null,
      hosts(before),
      at('of', app),
    ),
  'certificates.auto': ({ app, after }) => {
    const way = after.auto === true ? 'on' : 'off'
    return deed(`turned ${way}`, `turn ${way}`, 'automatic certificates', at('of', app))
  },
  'routing.set': routed,
  'routing.page': ({ app }) => deed('changed', 'change', 'an error page', at('of', app)),
  'routing.addUser': ({ app }) => deed('let', 'let', 'another visitor past the password', at('of', app)),
  'routing.removeUser': ({ app }) =>
    deed('stopped', 'stop', 'letting a visitor past the password', at('of', app)),
  'routing.openToAll': ({ app }) => deed('opened', 'open', named(app, 'an app'), 'to everybody'),

  'ports.add': ({ app, after }) =>
    deed('opened', 'open', 'the port', named(textIn(after, 'port'), 'given'), at('for', app)),
  'ports.remove': ({ app, before }) =>
    deed('closed', 'close', 'the port', named(textIn(before, 'port'), 'given'), at('of', app)),

  'drains.add': ({ app, after }) =>
    deed('sent', 'send', 'the logs', at('of', app), at('to', textIn(after, 'drain'))),
  'drains.remove': ({ app, before }) =>
    deed('stopped', 'stop', 'sending the logs', at('of', app), at('to', textIn(before, 'drain'))),
  'drains.test': ({ app }) => deed('tested', 'test', 'a drain', at('of', app)),
  'deployKeys.add': ({ app, after }) =>
    deed('added', 'add', 'the deploy key', named(textIn(after, 'name'), 'given'), at('to', app)),
  'deployKeys.remove': ({ app, before }) =>
    deed('removed', 'remove', 'the deploy key', named(textIn(before, 'name'), 'given'), at('of', app)),
}

function because(reason: string | null): Word | null {
  return reason === null ? null : `· ${reason}`
}

function version(text: string | null): string | null {
  return text === null ? null : `v${text}`
}

function release(after: Told['after']): Word | null {
  const made = version(textIn(after, 'release'))
  return made === null ? null : `· ${made}`
}

/** The names that were set and removed; variables and secret files alike. */
function configured({ app, after }: Told): Deed {
  const [variables, files] = [factsIn(after.variables), factsIn(after.secretFiles)]
  const of = (kind: string) => [...textsIn(variables, kind), ...textsIn(files, kind)]
  const [set, removed] = [[...of('added'), ...of('changed')], of('removed')]
  const where = [...at('on', app), ...[release(after)].filter((word) => word !== null)]
  if (set.length === 0 && removed.length > 0) return deed('removed', 'remove', list(removed, ''), where)
  const also = removed.length === 0 ? [] : ['and removed', ...list(removed, '')]
  if (set.length === 0) return deed('changed', 'change', 'the configuration', at('of', app))
  return deed('set', 'set', list(set, ''), also, where)
}

function looked({ app, after }: Told): Deed {
  const names = textsIn(after, 'read')
  const what: Word[] = names.length === 0 ? ['values'] : ['the value of', ...list(names, '')]
  return deed('looked at', 'look at', what, at('on', app))
}

function ran({ app, after }: Told): Deed {
  const instance = textIn(after, 'instance')
  return deed('ran', 'run', named(textIn(after, 'program'), 'a command'), at('in', instance), at('on', app))
}

function scaled({ app, before, after }: Told): Deed {
  const changed = Object.keys(after).filter((type) => textIn(before, type) !== textIn(after, type))
  const each = changed.map((type) => `${type} ${textIn(before, type) ?? '0'} → ${textIn(after, type) ?? '0'}`)
  return deed('scaled', 'scale', each.length === 0 ? 'processes' : { name: each.join(', ') }, at('on', app))
}

function limited({ app, after }: Told): Deed {
  const [type] = Object.keys(after)
  if (type === undefined) return deed('changed', 'change', 'limits', at('of', app))
  const { memoryBytes, cpus } = factsIn(after[type])
  const now = [
    ...(typeof memoryBytes === 'number' ? [saySize(memoryBytes)] : []),
    ...(typeof cpus === 'number' ? [`${cpus} CPU`] : []),
  ]
  if (now.length === 0) return deed('lifted', 'lift', 'the limits of', { name: type }, at('on', app))
  return deed('limited', 'limit', { name: type }, 'to', now.join(' and '), at('on', app))
}

function hosts(facts: Told['after']): Word[] {
  return textsIn(facts, 'hosts').length > 0 ? list(textsIn(facts, 'hosts'), '') : []
}

const routingWords: Readonly<Record<string, string>> = {
  httpsRedirect: 'the redirect to https',
  hsts: 'HSTS',
  sticky: 'sticky sessions',
  maxBodyBytes: 'the limit of requests’ size',
  timeoutSeconds: 'the time limit of requests',
}

function routed({ app, before, after }: Told): Deed {
  const names = Object.keys(after).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
  if (names.length === 1 && names[0] === 'maintenance') {
    const way = after.maintenance === true ? 'on' : 'off'
    return deed(`turned ${way}`, `turn ${way}`, 'the maintenance page', at('of', app))
  }
  const what = names.map((name) => routingWords[name] ?? name)
  return deed(
    'changed',
    'change',
    what.length === 1 ? (what[0] ?? '') : 'how requests are answered',
    at('on', app),
  )
}

/** `3f2a1bc to main`, or how many branches and tags; git names them `refs/heads/main`, and removes them with zeros. */
function pushed({ app, after: { listed } }: Told): Deed {
  const updates = Array.isArray(listed) ? listed.map(factsIn) : []
  const [only] = updates
  const ref = only && textIn(only, 'ref')
  const commit = only && textIn(only, 'newCommit')
  if (updates.length > 1) return deed('pushed', 'push', `${updates.length} branches and tags`, at('of', app))
  if (!ref || !commit) return deed('pushed', 'push', 'commits', at('of', app))
  const name = ref.replace(/^refs\/(heads|tags)\//, '')
  if (/^0+$/.test(commit)) return deed('removed', 'remove', { name }, at('of', app))
  return deed('pushed', 'push', { name: commit.slice(0, 7) }, at('to', name), at('of', app))
}

function imageIn(after: Told['after']): string | null {
  const [image, reference] = [textIn(after, 'image'), textIn(after, 'reference')]
  return image === null ? null : reference === null ? image : `${image}:${reference}`
}
