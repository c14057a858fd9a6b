import { expect, test } from 'vitest'
import { syntaxWarning } from './syntax-directive.ts'

test.each([
  null,
  'docker/dockerfile',
  'docker/dockerfile:1',
  'docker/dockerfile:1.20',
  'docker/dockerfile:1.7.1-labs',
  'docker/dockerfile:labs',
  'docker.io/docker/dockerfile:1@sha256:00',
  'docker/dockerfile-upstream:master',
])('%s is what Berth reads anyway', (syntax) => {
  expect(syntaxWarning({ syntax })).toBeUndefined()
})

test.each([
  ['docker/dockerfile:2', /asks for 2; .* 1\.20/],
  ['docker/dockerfile:1.21-labs', /asks for 1\.21;/],
  ['example.test/own/syntax:1 with words', /names "example\.test\/own\/syntax:1", which is not followed/],
])('%s is warned of', (syntax, warning) => {
  expect(syntaxWarning({ syntax })).toMatch(warning)
})
