'use client'

import { Tooltip as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { floatClass } from './menu.tsx'

type TooltipProps = {
  /** One element that takes a ref and the focus. */
  children: ReactNode
  text: ReactNode
  side?: 'top' | 'right' | 'bottom' | 'left'
}

/** A word about what the pointer or the focus is on. Nothing stands in it that cannot be done without. */
export function Tooltip({ children, text, side = 'top' }: TooltipProps) {
  return (
    <Radix.Provider delayDuration={400} skipDelayDuration={300}>
      <Radix.Root>
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            side={side}
            sideOffset={6}
            collisionPadding={12}
            className={classNames(floatClass, 'max-w-72 px-2.5 py-1.5 text-sm text-text')}
          >
            {text}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  )
}
