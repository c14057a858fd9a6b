import { notFound } from 'next/navigation'

/** What has no page of its own is not found below the tabs instead of without them. */
export default function NoSuchPage() {
  notFound()
}
