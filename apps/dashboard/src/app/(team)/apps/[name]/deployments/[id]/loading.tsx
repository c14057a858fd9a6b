export { DeploymentLoading as default } from '../../../../../../parts/loading/page-loading.tsx'
