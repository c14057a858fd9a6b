import { describeCertificateStores } from '../certificate-stores.contract.ts'
import { fakeStores } from './fake-stores.ts'

describeCertificateStores(fakeStores)
