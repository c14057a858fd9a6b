'use client'

import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { CloseIcon } from './icons.tsx'
import { lendStyleNonce } from './style-nonce.ts'

type DialogProps = {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: ReactNode
  /** For what has columns: a table, a text of several lines. */
  wide?: boolean
  children: ReactNode
}

/** A question that must be answered before anything else: focus stays inside, Escape closes, focus goes back. */
export function Dialog({ open, onOpenChange, title, description, wide, children }: DialogProps) {
  if (open) lendStyleNonce()
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-arrive bg-veil" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={classNames(
            'fixed top-[12dvh] left-1/2 z-50 flex max-h-[80dvh] -translate-x-1/2 animate-arrive flex-col gap-4 overflow-y-auto *:shrink-0 rounded-md border border-line bg-surface p-6',
            wide ? 'w-[min(46rem,calc(100vw-2rem))]' : 'w-[min(32rem,calc(100vw-2rem))]',
          )}
        >
          <div className="flex flex-col gap-1 pr-8">
            <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
            {description && <Radix.Description className="text-muted">{description}</Radix.Description>}
          </div>
          {children}
          <Radix.Close className="absolute top-4 right-4 inline-flex size-7 items-center justify-center rounded-sm text-faint hover:bg-hover hover:text-text">
            <CloseIcon />
            <span className="sr-only">Close</span>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
