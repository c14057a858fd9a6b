import type { ReactNode } from 'react'
import { read } from '../../../caller.ts'
import { AccountFrame } from '../../../parts/account/account-frame.tsx'

export const metadata = { title: 'Account' }

export default async function AccountLayout({ children }: { children: ReactNode }) {
  return <AccountFrame me={await read((api) => api.people.me())}>{children}</AccountFrame>
}
