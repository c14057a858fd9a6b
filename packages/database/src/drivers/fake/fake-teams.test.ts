import { describeTeams } from '../teams.contract.ts'
import { fakeStores } from './fake-stores.ts'

describeTeams(fakeStores)
