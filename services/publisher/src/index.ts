export {publisherConfig} from './config.ts'
export {createPublisher} from './create-publisher.ts'
export {objectKey, type PublisherDeps, type PublisherOptions} from './publisher.ts'
export type {Fault, VerifyReport} from './verify-site.ts'
