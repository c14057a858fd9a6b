import type { Stores } from '../stores.ts'
import { describeAppStores } from './app-stores.contract.ts'
import { describePeopleStores } from './people-stores.contract.ts'
import { describeStageStores } from './stage-stores.contract.ts'

/** What every driver of the stores promises. `make` returns stores with nothing in them that collides. */
export function describeStores(make: () => Stores): void {
  describeAppStores(make)
  describeStageStores(make)
  describePeopleStores(make)
}
