export type {RenderJob, RenderPool, RenderPoolOptions, RenderResult} from './render-pool.ts'
