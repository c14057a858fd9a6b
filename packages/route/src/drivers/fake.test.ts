import type { Target } from '../front-door.ts'
import { fakeFrontDoor } from './fake.ts'
import { type Answer, frontDoorContract, type World } from './front-door-contract.ts'

frontDoorContract('fake', async (): Promise<World> => {
  const door = fakeFrontDoor()
  const target = (name: string): Target => ({ name, address: '10.0.0.1', port: 5000 })
  const answer = (host: string, path: string) => {
    const request = door.send(host, path)
    const { status, retryAfterSeconds } = request
    const seen: Answer = { status, retryAfterSeconds, from: request.target?.name ?? null }
    return { seen, end: request.end }
  }
  return {
    door,
    targets: [target('web.1-a'), target('web.1-b'), target('web.1-c')],
    async ask(host, path) {
      const { seen, end } = answer(host, path)
      end()
      return seen
    },
    async hold(host) {
      const { seen, end } = answer(host, '/hold')
      return {
        async finish() {
          end()
          return seen
        },
      }
    },
    close: async () => undefined,
  }
})
