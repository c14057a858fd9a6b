import type { App } from '@berth/domain'
import type { Notify } from '@berth/observe'

/** Tells once when an instance gets unhealthy, and once when its place is healthy again. */
export interface HealthNotices {
  unhealthy(app: App, instance: string, reason: string): void
  healthy(app: App, instance: string): void
  forget(appId: string): void
}

export function openHealthNotices(notify: Notify): HealthNotices {
  const told = new Map<string, Set<string>>()
  return {
    unhealthy(app, instance, reason) {
      const instances = told.get(app.id) ?? new Set()
      if (instances.has(instance)) return
      told.set(app.id, instances.add(instance))
      notify({ kind: 'unhealthy', phase: 'begun', app, instance, reason })
    },
    healthy(app, instance) {
      if (!told.get(app.id)?.delete(instance)) return
      notify({ kind: 'unhealthy', phase: 'ended', app, instance, reason: null })
    },
    forget: (appId) => void told.delete(appId),
  }
}
