export { PlotsLoading as default } from '../../../../../parts/loading/page-loading.tsx'
