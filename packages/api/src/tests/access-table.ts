import type { Role, TokenScope } from '@berth/domain'

/**
 * Who may call what, by hand: what the code says of itself is held against this (access.test.ts). A new procedure has a
 * line here: from which role on it is allowed, the narrowest token that does, and an input that is valid, where the common
 * one (access.test.ts, `commonInput`) is not.
 */
export type Line = {
  from: Role | 'nobody' | 'anybody'
  token: TokenScope
  input?: object
  /** Whoever has the role in any team. */
  anywhere?: true
  /** Its body says so of a valid input too. */
  endsWith?: 'API.BAD_INPUT'
}

const by =
  (from: Line['from'], token: TokenScope) =>
  (input?: object): Line => ({ from, token, input })

/** For somebody who is not signed in. */
const anyone = by('nobody', 'read')
/** For a signed-in person, on what is their own. */
const lookAtOwn = by('anybody', 'read')
const changeOwn = by('anybody', 'admin')
const look = by('viewer', 'read')
const deploy = by('developer', 'deploy')
/** What only developers see: values that are secret. */
const readSecrets = by('developer', 'admin')
const develop = by('developer', 'admin')
const administer = by('admin', 'admin')
const own = by('owner', 'admin')

const id = '00000000-0000-4000-8000-000000000000'

export const accessTable: Readonly<Record<string, Line>> = {
  'audit.list': administer(),
  'audit.own': lookAtOwn({ team: undefined }),
  'audit.export': administer({ format: 'csv' }),
  'deployKeys.list': look(),
  'deployKeys.add': administer(),
  'deployKeys.remove': administer({ key: 'ci' }),
  'members.list': look(),
  'members.invite': administer({ email: 'bob@example.com' }),
  'members.revoke': administer({ email: 'bob@example.com' }),
  'members.setRole': administer({ email: 'bob@example.com', role: 'viewer' }),
  'members.remove': administer({ email: 'bob@example.com' }),
  'members.leave': by('viewer', 'admin')(),
  'members.invitation': anyone({ token: 'x' }),
  'members.accept': changeOwn({ token: 'x' }),
  'teams.list': lookAtOwn(),
  'teams.create': { ...administer(), anywhere: true },
  'teams.rename': own(),
  'teams.demand': own(),
  'teams.signOn': look(),
  'teams.transferApp': own({ to: 'Harbour' }),
  'cron.list': look(),
  'cron.preview': look({ schedule: '@daily' }),
  'cron.add': develop({ schedule: '@daily', command: ['./clean'] }),
  'cron.remove': develop(),
  'cron.run': develop(),
  'cron.pause': develop(),
  'cron.resume': develop(),
  'cron.history': look(),
  'cron.get': look(),
  'oneOffs.list': look(),
  'oneOffs.run': develop({ command: ['true'] }),
  'oneOffs.stop': develop({ instance: 'run.1' }),
  'oneOffs.door': develop(),
  'oneOffs.ticket': develop(),
  // Of one team: access.test.ts.
  'apps.list': lookAtOwn({ team: undefined }),
  'apps.names': lookAtOwn(),
  'apps.get': look(),
  'apps.create': deploy(),
  'apps.lock': deploy(),
  'apps.unlock': deploy(),
  'apps.setBranch': administer({ branch: 'main' }),
  'apps.rename': administer(),
  'apps.remove': administer(),
  'configuration.list': look(),
  'configuration.read': readSecrets(),
  'configuration.get': readSecrets({ variable: 'GREETING' }),
  'configuration.change': develop({ set: { GREETING: 'hello' } }),
  'configuration.preview': readSecrets({ text: 'GREETING=hello' }),
  'configuration.history': look(),
  'configuration.set': develop({ variables: { GREETING: 'hello' } }),
  'configuration.unset': develop({ variables: ['GREETING'] }),
  'configuration.import': develop({ text: 'GREETING=hello' }),
  'configuration.export': readSecrets(),
  'configuration.setFile': develop({ file: '/run/secrets/key', content: 'aGVsbG8=' }),
  'configuration.unsetFile': develop({ file: '/run/secrets/key' }),
  'certificates.list': look(),
  'certificates.add': develop({ certificate: 'x', key: 'x' }),
  'certificates.remove': develop({ id }),
  'certificates.auto': develop({ on: true }),
  'changes.watch': lookAtOwn(),
  'deploy.image': deploy({ reference: 'debian:bookworm' }),
  'deploy.git': deploy({ url: 'https://example.com/shop.git' }),
  'domains.list': look(),
  'domains.add': develop({ hosts: ['shop.example.com'] }),
  'domains.remove': develop({ host: 'shop.example.com' }),
  'domains.verify': develop({ host: 'shop.example.com' }),
  'domains.redirect': develop({ host: 'shop.example.com', to: null }),
  'domains.target': look(),
  'deployments.list': look(),
  'deployments.history': look(),
  'deployments.get': look(),
  'deployments.cancel': deploy(),
  'instances.list': look(),
  'instances.deaths': look(),
  'instances.death': look({ id }),
  'drains.list': readSecrets(),
  'drains.add': develop({ url: 'https://logs.example.com/in' }),
  'drains.remove': develop({ id }),
  'drains.test': develop({ id }),
  'limits.list': look(),
  'limits.bounds': look(),
  'limits.set': deploy({ type: 'web', memoryBytes: 1e9 }),
  'limits.unset': deploy({ type: 'web' }),
  'logs.follow': look(),
  'logs.history': look(),
  'meta.status': anyone(),
  'meta.platform': lookAtOwn(),
  'metrics.read': look(),
  'metrics.list': lookAtOwn(),
  'traffic.list': lookAtOwn({ team: undefined }),
  'machine.view': { ...by('admin', 'read')(), anywhere: true },
  'machine.jobs': { ...by('admin', 'read')(), anywhere: true },
  'machine.retryJob': { ...administer({ name: 'deploy', jobId: id }), anywhere: true },
  'machine.certificates': { ...by('admin', 'read')(), anywhere: true },
  'notifications.list': readSecrets(),
  'notifications.add': administer({ target: { kind: 'mail', to: ['ops@example.com'] } }),
  'notifications.change': administer({ id, noticeKinds: ['crash-loop'], apps: [] }),
  'notifications.remove': administer({ id }),
  'notifications.test': administer({ id }),
  'notifications.deliveries': readSecrets(),
  'people.me': lookAtOwn(),
  'people.waysIn': lookAtOwn(),
  'people.rename': changeOwn({ name: 'Ada' }),
  'people.remove': changeOwn({ confirmedEmail: 'not mine' }),
  'people.keys.list': lookAtOwn(),
  'people.keys.add': changeOwn(),
  'people.keys.remove': changeOwn(),
  'people.tokens.list': lookAtOwn(),
  'people.tokens.create': changeOwn({ app: undefined, team: undefined }),
  'people.tokens.revoke': changeOwn(),
  'people.sessions.list': lookAtOwn(),
  'people.sessions.revoke': changeOwn(),
  'people.sessions.revokeOthers': changeOwn(),
  'ports.list': look(),
  'ports.add': develop({ port: '15432/tcp' }),
  'ports.remove': develop({ port: '15432' }),
  'processes.list': look(),
  'processes.scale': deploy({ quantities: { web: 1 } }),
  'processes.restart': deploy(),
  'processes.stop': deploy(),
  'processes.start': deploy(),
  'registries.list': readSecrets(),
  'registries.set': administer({ host: 'ghcr.io', username: 'ann', password: 'pass' }),
  'registries.remove': administer({ host: 'ghcr.io' }),
  'releases.list': look(),
  'releases.info': look(),
  'releases.diff': look(),
  'releases.rollback': deploy(),
  'releases.rollbackPreview': look(),
  'routing.get': look(),
  'routing.set': develop({ maintenance: true }),
  'routing.source': look({ page: 'maintenance' }),
  'routing.page': develop({ page: 'maintenance', html: '<p>soon</p>' }),
  'routing.addUser': develop({ name: 'ann', password: 'a long password' }),
  'routing.removeUser': develop({ name: 'ann' }),
  'routing.openToAll': develop(),
  'stages.events': look(),
}
