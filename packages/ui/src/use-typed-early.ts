'use client'

import { type RefObject, useEffect, useRef } from 'react'

/** What somebody typed into a field that the server rendered, before the page's scripts were there, is taken over by them. */
export function useTypedEarly(
  field: RefObject<HTMLInputElement | null>,
  value: string,
  onChange: (value: string) => void,
): void {
  const first = useRef({ value, onChange })
  useEffect(() => {
    const typed = field.current?.value ?? first.current.value
    if (typed !== first.current.value) first.current.onChange(typed)
  }, [field])
}
