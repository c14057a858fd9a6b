import { afterAll, beforeAll, expect, test } from 'vitest'
import { failurePoints } from '../system/failure-points.ts'
import { type CrashedHome, makeCrashedHome } from './crashed-home.ts'
import { type Operation, operationAt } from './operations.ts'

/** A test for each failure point that the operation passes. */
export function killedDuring(operation: Operation): void {
  let home: CrashedHome
  beforeAll(async () => {
    home = await makeCrashedHome(operation)
  })
  afterAll(() => home.remove())

  const points = failurePoints.filter((point) => operationAt[point] === operation)
  test.each(points)('%s: a kill leaves nothing half', (point) => home.crashAt(point))
  test('every point has an operation that passes it', () => {
    expect(Object.keys(operationAt).toSorted()).toEqual(failurePoints.toSorted())
  })
}
