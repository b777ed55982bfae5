export {rendererConfig} from './config.ts'
export {createRenderer, type RendererDeps, type RendererOptions} from './create-renderer.ts'
