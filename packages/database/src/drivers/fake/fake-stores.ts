import { fakeAuditLog } from '@berth/observe/drivers/fake-audit-log.ts'
import { fakeDeathStore } from '@berth/observe/drivers/fake-death-store.ts'
import { fakeDrainStore } from '@berth/observe/drivers/fake-drain-store.ts'
import { fakeNotificationStore } from '@berth/observe/drivers/fake-notification-store.ts'
import { fakeAttemptStore } from '@berth/people/drivers/fake-attempt-store.ts'
import { fakePeopleStore } from '@berth/people/drivers/fake-people-store.ts'
import { fakeRegistryCredentialStore } from '@berth/people/drivers/fake-registry-credential-store.ts'
import { fakeSignOnStore } from '@berth/people/drivers/fake-sign-on-store.ts'
import { fakeTicketStore } from '@berth/people/drivers/fake-ticket-store.ts'
import type { Stores } from '../../stores.ts'
import { fakeAppStore, fakeDomainStore, fakePortStore } from './fake-app-stores.ts'
import { fakeCertificateStore, fakeDoorStore } from './fake-certificate-stores.ts'
import { fakeCronStore } from './fake-cron-store.ts'
import {
  fakeBuildStore,
  fakeConfigurations,
  fakeDeploymentStore,
  fakeReleaseStore,
  fakeRevisionStore,
} from './fake-stage-stores.ts'

/** Every store in memory: the same contract as Prisma's (both pass stores-contract.ts), gone with the process. */
export function fakeStores(): Stores {
  const apps = fakeAppStore()
  const configurations = fakeConfigurations(apps)
  return {
    apps,
    domains: fakeDomainStore(),
    ports: fakePortStore(),
    certificates: fakeCertificateStore(),
    doors: fakeDoorStore(),
    revisions: fakeRevisionStore(),
    builds: fakeBuildStore(),
    releases: fakeReleaseStore(apps, configurations),
    configurations,
    deployments: fakeDeploymentStore(),
    signOn: fakeSignOnStore(),
    tickets: fakeTicketStore(),
    attempts: fakeAttemptStore(),
    audit: fakeAuditLog(),
    cron: fakeCronStore(),
    deaths: fakeDeathStore(),
    drains: fakeDrainStore(),
    people: fakePeopleStore(),
    registryCredentials: fakeRegistryCredentialStore(),
    notifications: fakeNotificationStore(),
  }
}
