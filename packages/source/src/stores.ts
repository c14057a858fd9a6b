import type { Revision } from '@berth/domain'

export interface RevisionStore {
  get(id: string): Promise<Revision>
  create(revision: Omit<Revision, 'id' | 'createdAt'>): Promise<Revision>
}
