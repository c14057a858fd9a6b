import type { Revision } from '@berth/domain'

export interface RevisionStore {
  get(id: string): Promise<Revision>
  /** Those of them that are there, in any order. */
  many(ids: readonly string[]): Promise<Revision[]>
  create(revision: Omit<Revision, 'id' | 'createdAt'>): Promise<Revision>
}
