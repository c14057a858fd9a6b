import { expect, test } from 'vitest'
import { emptyImageConfig } from '../store/image-config.ts'
import { applyChanges } from './apply-changes.ts'

const config = {
  ...emptyImageConfig(),
  env: { PATH: '/bin', A: '1' },
  workingDirectory: '/srv',
  onBuild: ['RUN x'],
}

test('instructions that describe change the configuration, and nothing else', () => {
  const changes = [
    'CMD ["serve"]',
    'ENV B=$A',
    'EXPOSE 80',
    'WORKDIR app',
    'USER me',
    'LABEL l=x',
    'ONBUILD RUN y',
  ]
  expect(applyChanges(config, changes)).toEqual({
    ...config,
    command: ['serve'],
    env: { PATH: '/bin', A: '1', B: '1' },
    exposedPorts: ['80/tcp'],
    workingDirectory: '/srv/app',
    user: 'me',
    labels: { l: 'x' },
    onBuild: ['RUN x', 'RUN y'],
  })
  expect(applyChanges(config, [])).toBe(config)
})

test.each(['RUN true', 'COPY a b', 'ADD http://x /', 'CMD x\nRUN y', 'FROM other\nCMD x'])(
  '%j does more, and is refused',
  (change) => {
    expect(() => applyChanges(config, [change])).toThrow(
      expect.objectContaining({ code: 'BUILD.UNSUPPORTED' }),
    )
  },
)

test('what is no instruction is refused', () => {
  expect(() => applyChanges(config, ['HELLO'])).toThrow(
    expect.objectContaining({ code: 'BUILD.UNKNOWN_INSTRUCTION' }),
  )
})
