import type { Sealing } from '@berth/people'
import type { Stores } from '../../stores.ts'
import { appStore } from './app-store.ts'
import { attemptStore } from './attempt-store.ts'
import { auditLog } from './audit-log.ts'
import { buildStore } from './build-store.ts'
import { certificateStore } from './certificate-store.ts'
import type { PrismaClient } from './client.ts'
import { configurationStore } from './configuration-store.ts'
import { cronStore } from './cron-store.ts'
import { deathStore } from './death-store.ts'
import { deploymentStore } from './deployment-store.ts'
import { domainStore } from './domain-store.ts'
import { doorStore } from './door-store.ts'
import { drainStore } from './drain-store.ts'
import { notificationStore } from './notification-store.ts'
import { reportingLoss } from './outcomes.ts'
import { peopleStore } from './people-store.ts'
import { portStore } from './port-store.ts'
import { registryCredentialStore } from './registry-credential-store.ts'
import { releaseStore } from './release-store.ts'
import { revisionStore } from './revision-store.ts'
import { signOnStore } from './sign-on-store.ts'
import { ticketStore } from './ticket-store.ts'

export function prismaStores(prisma: PrismaClient, sealing: Sealing): Stores {
  return {
    apps: reportingLoss(appStore(prisma)),
    domains: reportingLoss(domainStore(prisma)),
    ports: reportingLoss(portStore(prisma)),
    certificates: reportingLoss(certificateStore(prisma, sealing)),
    doors: reportingLoss(doorStore(prisma, sealing)),
    revisions: reportingLoss(revisionStore(prisma)),
    builds: reportingLoss(buildStore(prisma)),
    releases: reportingLoss(releaseStore(prisma, sealing)),
    configurations: reportingLoss(configurationStore(prisma, sealing)),
    deployments: reportingLoss(deploymentStore(prisma)),
    signOn: reportingLoss(signOnStore(prisma)),
    tickets: reportingLoss(ticketStore(prisma)),
    attempts: reportingLoss(attemptStore(prisma)),
    audit: reportingLoss(auditLog(prisma)),
    cron: reportingLoss(cronStore(prisma)),
    deaths: reportingLoss(deathStore(prisma)),
    drains: reportingLoss(drainStore(prisma)),
    people: reportingLoss(peopleStore(prisma)),
    registryCredentials: reportingLoss(registryCredentialStore(prisma)),
    notifications: reportingLoss(notificationStore(prisma)),
  }
}
