import type { ReactNode } from 'react'

/** Line icons on a 16-point grid, in the colour of the text around them. All are decoration: words carry the meaning. */
type IconProps = { className?: string }

function Icon({ className = 'size-4', children }: IconProps & { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={className}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  )
}

export const CopyIcon = (props: IconProps) => (
  <Icon {...props}>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5v-1.5a1.5 1.5 0 0 0-1.5-1.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5" />
  </Icon>
)
export const CheckIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m3 8.5 3.25 3.25L13 4.75" />
  </Icon>
)
export const OutIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M6 3.5H3.5v9h9V10M9 2.5h4.5V7M13.25 2.75 7.5 8.5" />
  </Icon>
)
export const ChevronIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m6 3.5 4.5 4.5L6 12.5" />
  </Icon>
)
export const ChoiceIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m5 6 3-3 3 3M5 10l3 3 3-3" />
  </Icon>
)
export const PlusIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M8 3.5v9M3.5 8h9" />
  </Icon>
)
export const MoreIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2" />
  </Icon>
)
export const CloseIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
)
export const CommitIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="8" cy="8" r="2.5" />
    <path d="M1.5 8h4M10.5 8h4" />
  </Icon>
)
export const BranchIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="4.5" cy="3.75" r="1.5" />
    <circle cx="4.5" cy="12.25" r="1.5" />
    <circle cx="11.5" cy="5.25" r="1.5" />
    <path d="M4.5 5.25v5.5M11.5 6.75c0 2.25-2.5 2.75-6 3.25" />
  </Icon>
)
export const TerminalIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m3 5 3 3-3 3M8 11.5h5" />
  </Icon>
)
export const LogIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M2.5 4h11M2.5 7h7M2.5 10h9M2.5 13h5" />
  </Icon>
)
export const SunIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="8" cy="8" r="2.75" />
    <path d="M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7" />
  </Icon>
)
export const MoonIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M13.25 9.75A5.75 5.75 0 0 1 6.25 2.75a5.75 5.75 0 1 0 7 7Z" />
  </Icon>
)
export const ScreenIcon = (props: IconProps) => (
  <Icon {...props}>
    <rect x="2" y="3" width="12" height="8" rx="1.25" />
    <path d="M6 13.5h4" />
  </Icon>
)
export const SearchIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="7" cy="7" r="4" />
    <path d="m10 10 3.5 3.5" />
  </Icon>
)
export const PauseIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M5.5 3.5v9M10.5 3.5v9" />
  </Icon>
)
export const FollowIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3.5 13.5h9" />
  </Icon>
)
export const PersonIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="8" cy="5.5" r="2.5" />
    <path d="M3 13.5c.5-2.75 2.5-4 5-4s4.5 1.25 5 4" />
  </Icon>
)
export const TableIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 6.5v6" />
  </Icon>
)
export const PlotIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M2.5 2.5v11h11M5 10.5l2.5-3.5 2.25 2 3.25-4.5" />
  </Icon>
)
export const EyeIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M1.5 8S4 3.75 8 3.75 14.5 8 14.5 8 12 12.25 8 12.25 1.5 8 1.5 8Z" />
    <circle cx="8" cy="8" r="1.9" />
  </Icon>
)
export const EyeOffIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M6.2 4A6.6 6.6 0 0 1 8 3.75c4 0 6.5 4.25 6.5 4.25a11.6 11.6 0 0 1-2 2.4M10 11.9a6.2 6.2 0 0 1-2 .35C4 12.25 1.5 8 1.5 8a11.6 11.6 0 0 1 2.3-2.65M2.5 2.5l11 11" />
  </Icon>
)
export const EditIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m10.5 3 2.5 2.5-7.25 7.25-3 .5.5-3zM9 4.5 11.5 7" />
  </Icon>
)
export const RemoveIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M2.75 4.25h10.5M6 4.25V2.75h4v1.5M4 4.25l.6 9h6.8l.6-9M6.75 7v3.5M9.25 7v3.5" />
  </Icon>
)
export const UndoIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M5.5 3 2.75 5.75 5.5 8.5M3 5.75h6.25a3.5 3.5 0 0 1 0 7H6" />
  </Icon>
)
export const UpIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M3.5 10.5 8 6l4.5 4.5" />
  </Icon>
)
export const DownIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M3.5 6 8 10.5 12.5 6" />
  </Icon>
)
export const WrapIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M2.5 3.5h11M2.5 8H11a2.25 2.25 0 0 1 0 4.5H8M9.75 10.75 8 12.5l1.75 1.75M2.5 12.5h2.5" />
  </Icon>
)
export const FoldIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M2.5 8h11M5.5 2.5 8 5l2.5-2.5M5.5 13.5 8 11l2.5 2.5" />
  </Icon>
)
export const LinkIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M6.75 9.25a2.5 2.5 0 0 0 3.5 0l2.5-2.5a2.5 2.5 0 0 0-3.5-3.5L8.5 4M9.25 6.75a2.5 2.5 0 0 0-3.5 0l-2.5 2.5a2.5 2.5 0 0 0 3.5 3.5L7.5 12" />
  </Icon>
)
export const DownloadIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M8 2.5v7M4.75 6.75 8 10l3.25-3.25M3 13.5h10" />
  </Icon>
)
