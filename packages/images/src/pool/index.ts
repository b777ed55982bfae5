export {createImageMaker, type ImageMaker, type ImageShelf} from './create-image-maker.ts'
export {createImagePool, type ImagePool, type ImagePoolOptions} from './create-image-pool.ts'
export type {Inspection, Made} from './image-job.ts'
