import { Children, type ReactNode } from 'react'

/** Where one is: links, the last of them the page itself. A phone has room for three, and tabs that say the page. */
export function Breadcrumbs({ children }: { children: ReactNode }) {
  return (
    <nav aria-label="Breadcrumbs" className="min-w-0">
      <ol className="flex min-w-0 items-center">
        {Children.toArray(children).map((child, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: places in a path.
          <li key={index} className="flex min-w-0 items-center first:shrink-0 max-sm:nth-[n+4]:hidden">
            {index > 0 && (
              <span aria-hidden="true" className="px-2 text-line-strong max-sm:px-1.5">
                /
              </span>
            )}
            {child}
          </li>
        ))}
      </ol>
    </nav>
  )
}
