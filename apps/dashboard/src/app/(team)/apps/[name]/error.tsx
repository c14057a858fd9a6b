'use client'

export { PageError as default } from '../../../../parts/page-error.tsx'
