import type { Configuration } from '@berth/domain'
import type { SealedPlace, Sealing } from '@berth/people'
import { z } from 'zod'

/** A configuration as the columns `sealed` of AppConfiguration and Release hold it: JSON, sealed for its row. */
type Place = { table: 'AppConfiguration' | 'Release'; row: string }

const words = z.record(z.string(), z.string())
const shape: z.ZodType<Configuration> = z.object({ variables: words, secretFiles: words })

export function sealConfiguration(sealing: Sealing, given: Configuration, place: Place) {
  const { variables, secretFiles } = given
  return sealing.seal(JSON.stringify({ variables, secretFiles }), sealedFor(place))
}

/** @throws SECRET.UNREADABLE */
export function openConfiguration(sealing: Sealing, sealed: Uint8Array, place: Place): Configuration {
  return shape.parse(JSON.parse(sealing.unseal(sealed, sealedFor(place))))
}

/** An id is nobody else's: the team has no part in it, and an app may change teams. */
function sealedFor(place: Place): SealedPlace {
  return { ...place, teamId: null }
}
