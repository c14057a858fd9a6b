export { FilteredLoading as default } from '../../../../../parts/loading/page-loading.tsx'
