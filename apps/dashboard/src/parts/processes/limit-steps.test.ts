import { expect, test } from 'vitest'
import { cpuSteps, memorySteps, nearestStep } from './limit-steps.ts'

const megabyte = 1024 * 1024

test('memory goes up to what the machine has', () => {
  const steps = memorySteps(1024 * megabyte + 5)
  expect(steps.map((bytes) => bytes / megabyte)).toEqual([32, 64, 128, 256, 384, 512, 768, 1024])
})

test('processors end with as much as is free', () => {
  expect(cpuSteps(2)).toEqual([0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, null])
})

test('a value between two stops stands at the nearer one', () => {
  expect(nearestStep([32, 64, 128], 100)).toBe(2)
  expect(nearestStep([0.1, 0.5, null], null)).toBe(2)
  expect(nearestStep([0.1, 0.5, null], 0.45)).toBe(1)
})
