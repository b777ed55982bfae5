export {createRenderPool} from './create-render-pool.ts'
export type {RenderJob, RenderPool, RenderPoolOptions, RenderResult} from './render-pool.ts'
