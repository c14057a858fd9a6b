export { TableLoading as default } from '../../../../../parts/loading/page-loading.tsx'
