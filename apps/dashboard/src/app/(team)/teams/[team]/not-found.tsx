export { TeamNotFound as default } from '../../../../parts/frame/team-not-found.tsx'
