import { instanceName, type ProcessType } from '@berth/domain'
import type { Container } from '@berth/engine'
import type { RouteTarget } from './app-route.ts'
import { label } from './instance.ts'

/** A running instance, as the front door knows it. */
export function routeTargetOf(container: Container, port: number): RouteTarget {
  const type = container.labels[label.process] as ProcessType
  return {
    containerId: container.id,
    type,
    name: targetName(container),
    address: container.address ?? '',
    port,
  }
}

/** `web.1-<container>`: unique, and never used for another address. */
export function targetName(container: Pick<Container, 'id' | 'labels'>): string {
  const type = container.labels[label.process] as ProcessType
  return `${instanceName(type, Number(container.labels[label.index]))}-${container.id.slice(0, 16)}`
}
