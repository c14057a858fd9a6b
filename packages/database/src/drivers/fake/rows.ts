import { randomUUID } from 'node:crypto'
import { databaseError } from '../../errors.ts'

/** Rows of one kind in the order in which they were made. What goes in and out is copied, as a database does. */
export class Rows<Row extends { id: string; createdAt: Date }> {
  readonly #rows = new Map<string, Row>()
  readonly #what: string

  constructor(what: string) {
    this.#what = what
  }

  add(row: Omit<Row, 'id' | 'createdAt'>): Row {
    const made = { ...structuredClone(row), id: randomUUID() as string, createdAt: new Date() } as Row
    this.#rows.set(made.id, made)
    return structuredClone(made)
  }

  find(id: string): Row | null {
    const row = this.#rows.get(id)
    return row === undefined ? null : structuredClone(row)
  }

  get(id: string): Row {
    const row = this.find(id)
    if (row === null) throw databaseError['RECORD.NOT_FOUND']({ what: this.#what })
    return row
  }

  /** Oldest first. */
  where(matches: (row: Row) => boolean): Row[] {
    return [...this.#rows.values()].filter(matches).map((row) => structuredClone(row))
  }

  update(id: string, change: Partial<Row>): boolean {
    const row = this.#rows.get(id)
    if (row !== undefined) Object.assign(row, structuredClone(change))
    return row !== undefined
  }

  remove(id: string): boolean {
    return this.#rows.delete(id)
  }
}
