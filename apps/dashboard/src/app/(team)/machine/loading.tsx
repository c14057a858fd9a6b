export { ListLoading as default } from '../../../parts/loading/page-loading.tsx'
