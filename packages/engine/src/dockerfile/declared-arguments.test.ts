import { expect, test } from 'vitest'
import { declaredArguments } from './declared-arguments.ts'

test('every ARG counts, before the first FROM and in each stage, with a default or without', () => {
  const text = 'ARG BASE=scratch\nFROM $BASE AS one\nARG A B=1\nFROM one\nARG A\nENV C=1\nRUN true\n'
  expect(declaredArguments('Dockerfile', text)).toEqual(['BASE', 'A', 'B'])
})

test('a file that is no Dockerfile is refused as a build refuses it', () => {
  expect(() => declaredArguments('Dockerfile', 'ARG A')).toThrow(
    expect.objectContaining({ code: 'BUILD.SYNTAX' }),
  )
})
