export { FormLoading as default } from '../../../../../parts/loading/page-loading.tsx'
