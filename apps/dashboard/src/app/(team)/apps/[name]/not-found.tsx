export { AppNotFound as default } from '../../../../parts/frame/app-not-found.tsx'
