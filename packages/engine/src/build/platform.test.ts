import { expect, test } from 'vitest'
import { parsePlatform, platformName } from './platform.ts'

const own = { os: 'linux', architecture: 'amd64' }

/** Expectations are those of containerd's platforms package. */
test.each([
  ['linux/amd64', 'linux/amd64'],
  ['linux/x86_64', 'linux/amd64'],
  ['linux/amd64/v1', 'linux/amd64'],
  ['linux/amd64/v3', 'linux/amd64/v3'],
  ['linux/arm64', 'linux/arm64'],
  ['linux/aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/arm/7', 'linux/arm/v7'],
  ['linux/arm/v6', 'linux/arm/v6'],
  ['armhf', 'linux/arm/v7'],
  ['armel', 'linux/arm/v6'],
  ['i386', 'linux/386'],
  ['linux', 'linux/amd64'],
  ['windows', 'windows/amd64'],
  ['riscv64', 'linux/riscv64'],
  ['LINUX/AMD64', 'linux/amd64'],
])('%s is %s', (text, name) => {
  const platform = parsePlatform(text, own)
  expect(platform && platformName(platform)).toBe(name)
})

test.each(['', '/', 'linux/', 'a/b/c/d', 'linux/amd 64', 'constructor', '$X'])('%j names none', (text) => {
  expect(parsePlatform(text, own)).toBeUndefined()
})
