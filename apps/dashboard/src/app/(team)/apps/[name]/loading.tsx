export { OverviewLoading as default } from '../../../../parts/loading/page-loading.tsx'
