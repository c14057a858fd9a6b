'use client'

import { type DragEvent, type ReactNode, useRef, useState } from 'react'
import { Button } from './button.tsx'
import { classNames } from './class-names.ts'

type FileDropProps = {
  onFile: (file: File) => void
  children: ReactNode
  className?: string
}

/** Whatever is inside takes a file that is dropped on it, and shows that it would. */
export function FileDrop({ onFile, children, className }: FileDropProps) {
  const [over, setOver] = useState(false)
  const drag = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setOver(true)
  }
  const drop = (event: DragEvent) => {
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file === undefined) return
    event.preventDefault()
    onFile(file)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a file is chosen by the keyboard with FileButton beside it.
    <div
      onDragOver={drag}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={classNames(
        'rounded-md',
        over && 'outline-2 outline-offset-4 outline-accent outline-dashed',
        className,
      )}
    >
      {children}
    </div>
  )
}

type FileButtonProps = { onFile: (file: File) => void; accept?: string; children: ReactNode; label?: string }

/** Opens the system's dialog for one file. The same file can be chosen twice. */
export function FileButton({ onFile, accept, children, label }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button size="small" onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        accept={accept}
        tabIndex={-1}
        aria-label={label ?? 'A file'}
        className="sr-only"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? []
          event.currentTarget.value = ''
          if (file !== undefined) onFile(file)
        }}
      />
    </>
  )
}
